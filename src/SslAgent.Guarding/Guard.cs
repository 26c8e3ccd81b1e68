using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Judges one version: every policy turns the numbers into findings, and the verdict is the worst of them. A pure function: no clock, no
/// files, no state; what it remembers is the <see cref="EraBook"/> that the caller hands in. Safe to call from any thread.
/// </summary>
public sealed class Guard
{
    private readonly GuardOptions _options;

    public Guard(GuardOptions options)
    {
        Check.That(!options.Faults().Any(), "guard options are validated at start");
        _options = options;
    }

    /// <summary>
    /// The verdict with its reasons, worst first: all that failed, and of each policy the one that came closest to its limit. A line's
    /// first version has nothing to be compared with: it is promoted if everything about it is finite and its features did not collapse.
    /// </summary>
    public Verdict Judge(GuardInput input)
    {
        List<VerdictReason> reasons = [.. Kept(FinitePolicy.Judge(input, _options))];
        reasons.AddRange(Kept(CollapsePolicy.Judge(input, _options)));
        if (input.Book.Promotions > 0)
        {
            reasons.AddRange(Kept(DivergencePolicy.Judge(input, _options)));
            reasons.AddRange(Kept(ForgettingPolicy.Judge(input, _options)));
        }
        VerdictReason[] worstFirst = [.. reasons.OrderByDescending(reason => reason.Kind).Take(_options.ReasonsMax)];
        return new Verdict(worstFirst.Length == 0 ? VerdictKind.Promote : worstFirst[0].Kind, worstFirst);
    }

    private static IEnumerable<VerdictReason> Kept(IEnumerable<Finding> findings)
    {
        Finding[] all = [.. findings];
        Finding[] failed = [.. all.Where(finding => finding.Reason.Kind != VerdictKind.Promote)];
        if (failed.Length > 0) return failed.OrderByDescending(finding => finding.Strain).Select(finding => finding.Reason);
        return all.Length == 0 ? [] : [all.MaxBy(finding => finding.Strain)!.Reason];
    }
}
