using SslAgent.Domain;
using SslAgent.Guarding;

namespace SslAgent.Continual.Runs;

/// <summary>
/// The guard at its defaults, told of one version after the other. Only what it would promote is a reference to it. A function of what was measured, so that a guard that has changed since
/// says of a finished run what it would say today.
/// </summary>
internal sealed class Onlooker
{
    private readonly Guard _guard = new(Options);
    private readonly List<JudgedVersion> _versions = [];
    private readonly List<VerdictKind> _verdicts = [];
    private readonly List<string> _objections = [];
    private EraBook _book = EraBook.Empty;

    public static GuardOptions Options { get; } = new();

    /// <summary>What it judged, to be judged again.</summary>
    public IReadOnlyList<JudgedVersion> Versions => _versions;

    public IReadOnlyList<VerdictKind> Verdicts => _verdicts;

    /// <summary>Why it would not promote what it would not, one line a version.</summary>
    public IReadOnlyList<string> Objections => _objections;

    public Verdict Judge(JudgedVersion version)
    {
        _versions.Add(version);
        var number = new ModelVersion(_versions.Count);
        Verdict verdict = _guard.Judge(new GuardInput(version.Report, version.Probe, _book));
        if (verdict.Kind == VerdictKind.Promote) _book = _book.Promoted(number, version.Probe, version.Report);
        else _objections.Add($"{number}: {string.Join("; ", verdict.Reasons)}");
        _verdicts.Add(verdict.Kind);
        return verdict;
    }

    /// <summary>The record with today's verdicts. Where the guard acted they are those by which the run went as it did, and stay.</summary>
    public static RunRecord JudgeAnew(RunRecord record)
    {
        if (record.Versions.Count == 0 || Methods.Find(record.Method).Faults is { IsGuarded: true }) return record;
        var onlooker = new Onlooker();
        foreach (JudgedVersion version in record.Versions) onlooker.Judge(version);
        return record with { Verdicts = onlooker.Verdicts, Objections = onlooker.Objections };
    }
}
