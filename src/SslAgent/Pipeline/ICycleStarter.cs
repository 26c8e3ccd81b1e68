namespace SslAgent.Pipeline;

/// <summary>What triggers ask of the learner. Any thread.</summary>
internal interface ICycleStarter
{
    /// <summary>Whether a cycle waits for its turn or runs.</summary>
    bool IsBusy { get; }

    /// <summary>
    /// Asks for a cycle. The task ends with true when its first record is in the journal, with false where one is on already or there is
    /// nothing to learn from.
    /// </summary>
    Task<bool> StartCycle(string trigger);

    /// <summary>Waits until no cycle is asked for or running, at most so long; true where that is so.</summary>
    bool AwaitIdle(TimeSpan wait, CancellationToken cancellation);
}
