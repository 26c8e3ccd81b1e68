namespace SslAgent.Domain;

/// <summary>What a draw is for. Numbers are part of every key: never renumber, only add.</summary>
public enum ChanceStream
{
    Initialization = 1,
    Sampling = 2,
    Masking = 3,
    Augmentation = 4,
    Objective = 5,
    Dropout = 6,
    Probe = 7,
    Reservoir = 8,
    Sentinel = 9,
    Schedule = 10,
    MixUp = 11,
    Projection = 12,
    Order = 13,
    Test = 99,
}

/// <summary>
/// The name of a sequence of random numbers. Chance is stateless: the same key gives the same numbers for ever, on every machine,
/// whatever was drawn before.
/// </summary>
/// <param name="Part">Tells apart several draws of one stream in one step (micro-batch, era, position).</param>
public readonly record struct DrawKey(ulong Seed, int Cycle, int Step, ChanceStream Stream, int Part = 0)
{
    public DrawKey With(ChanceStream stream, int part = 0) => this with { Stream = stream, Part = part };

    /// <summary>64 bits for seeding somebody else's generator (torch), below 2^63.</summary>
    public long Seed63() => (long)(new Philox(this).NextUInt64() >> 1);
}
