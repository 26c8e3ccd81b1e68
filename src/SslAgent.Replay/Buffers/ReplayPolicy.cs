namespace SslAgent.Replay;

/// <summary>Who leaves the replay buffer when it is full. Numbers are on disk: never renumber, only add.</summary>
public enum ReplayPolicy
{
    /// <summary>Chance: what is kept is a uniform sample of all that ever came.</summary>
    Reservoir = 0,

    /// <summary>The oldest.</summary>
    Fifo = 1,

    /// <summary>One of the source that has most, by chance.</summary>
    Balanced = 2,

    /// <summary>
    /// The most redundant: of the two samples that are nearest to each other in the model's embedding space one leaves (minimum redundancy: Purushwalkam, Morgado and
    /// Gupta, "The Challenges of Continuous Self-Supervised Learning", ECCV 2022, section 5).
    /// </summary>
    Minred = 3,

    /// <summary>
    /// Half by chance and half by redundancy: the half with the smallest priorities, a reservoir, is never asked to leave, and of the others the most redundant
    /// does (to one of either half). Whatever the embeddings are worth, a uniform sample of the whole stream stays; the other half holds what that sample
    /// lacks: minimum redundancy alone keeps every oddity and noise, and forgets how frequent things are.
    /// </summary>
    Hybrid = 4,
}
