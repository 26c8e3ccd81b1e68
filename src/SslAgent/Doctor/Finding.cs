namespace SslAgent.Doctor;

/// <summary>How a check came out.</summary>
internal enum Outcome
{
    Good,

    /// <summary>It runs, but something is slower or riskier than it need be.</summary>
    Warning,

    /// <summary>The daemon would not start, or not keep its promises.</summary>
    Bad,
}

/// <summary>One check's answer: what was looked at, what was found, and where it is not good what to do.</summary>
internal sealed record Finding(Outcome Outcome, string What, string Found, string? Advice = null)
{
    public static Finding Good(string what, string found) => new(Outcome.Good, what, found);

    public static Finding Warning(string what, string found, string advice) => new(Outcome.Warning, what, found, advice);

    public static Finding Bad(string what, string found, string advice) => new(Outcome.Bad, what, found, advice);
}
