namespace SslAgent.Domain;

/// <summary>What becomes of a version.</summary>
public enum VerdictKind
{
    /// <summary>Served, and the ground to train on.</summary>
    Promote = 0,

    /// <summary>Trained on, not served.</summary>
    Hold = 1,

    /// <summary>Neither: weights, moments and counters return to the last promoted version.</summary>
    Reject = 2,
}

/// <summary>One policy's finding, in numbers a person can check.</summary>
/// <param name="Policy">Who says so: <c>finite</c>, <c>forgetting</c>, <c>collapse</c>, <c>divergence</c>.</param>
/// <param name="Measure">What was measured, for example <c>mae loss, era 3</c>.</param>
/// <param name="Kind">The worst verdict that this finding allows.</param>
public sealed record VerdictReason(string Policy, string Measure, double Value, double Limit, string Unit, VerdictKind Kind)
{
    public override string ToString() => $"{Policy}: {Measure} {Value:G5} against {Limit:G5} {Unit}";
}

/// <summary>The judgement on one version; the kind is the worst of its reasons.</summary>
public sealed record Verdict(VerdictKind Kind, IReadOnlyList<VerdictReason> Reasons)
{
    public static Verdict Promoted { get; } = new(VerdictKind.Promote, []);
}
