using SslAgent.Learning.Options;
using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>How a method meets the stream.</summary>
internal enum Meeting
{
    /// <summary>Once, in order, as the agent does.</summary>
    InOrder = 0,

    /// <summary>All of it is there from the first step on and every batch is drawn evenly from it: independent and identically distributed.</summary>
    Shuffled = 1,

    /// <summary>Not at all: the first weights.</summary>
    Untrained = 2,

    /// <summary>There is no model: pixels and bytes themselves.</summary>
    Raw = 3,
}

/// <summary>A method is a set of overrides: whatever is not named here is the same for all of them.</summary>
internal sealed record Method
{
    public required string Name { get; init; }

    public required string Says { get; init; }

    public Meeting Meeting { get; init; } = Meeting.InOrder;

    /// <summary>False where the size of the buffer means nothing to it.</summary>
    public bool HasBuffer { get; init; } = true;

    /// <summary>Null where nothing goes wrong.</summary>
    public Faults? Faults { get; init; }

    /// <summary>
    /// Share of all steps that is kept for one cycle behind the stream's end, drawn evenly from all that is remembered, as <c>consolidation.cron</c> has it in a quiet hour. The steps of the cycles before are fewer by it.
    /// </summary>
    public double Consolidation { get; init; }

    /// <summary>Applied last, upon capacities, sentinels and eras.</summary>
    public Func<ReplayOptions, ReplayOptions> Replay { get; init; } = options => options;

    public Func<LearningOptions, LearningOptions> Learning { get; init; } = options => options;
}
