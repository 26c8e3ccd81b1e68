using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>A reason and how hard it presses: 0 is nothing at all, 1 is exactly at the limit. Orders reasons of different units.</summary>
internal sealed record Finding(VerdictReason Reason, double Strain)
{
    /// <summary>
    /// A measure that must not rise above its limits. The reason names the limit that was crossed, or the nearer one where none was.
    /// </summary>
    public static Finding Ceiling(string policy, string measure, double value, double hold, double reject, string unit)
    {
        VerdictKind kind = !(value <= reject) ? VerdictKind.Reject : !(value <= hold) ? VerdictKind.Hold : VerdictKind.Promote;
        double limit = kind == VerdictKind.Reject ? reject : hold;
        return new Finding(new VerdictReason(policy, measure, value, limit, unit, kind), Strained(value, limit));
    }

    /// <summary>A measure that must not fall below its limits.</summary>
    public static Finding Floor(string policy, string measure, double value, double hold, double reject, string unit)
    {
        VerdictKind kind = !(value >= reject) ? VerdictKind.Reject : !(value >= hold) ? VerdictKind.Hold : VerdictKind.Promote;
        double limit = kind == VerdictKind.Reject ? reject : hold;
        return new Finding(new VerdictReason(policy, measure, value, limit, unit, kind), Strained(limit, value));
    }

    private static double Strained(double upper, double lower)
    {
        if (!double.IsFinite(upper) || !double.IsFinite(lower)) return double.MaxValue;
        return lower > 0 ? Math.Max(0, upper / lower) : upper > lower ? double.MaxValue : 0;
    }
}
