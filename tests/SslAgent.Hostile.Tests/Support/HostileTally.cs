using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>What became of the messages that were sent.</summary>
internal sealed class HostileTally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<AdmissionResult> _results = [];

    public long Total => _results.Count;

    /// <summary>The fate of message n.</summary>
    public AdmissionResult ResultOf(long number) => _results[(int)number];

    public void Add(Intake intake, AdmissionOutcome outcome)
    {
        AdmissionResult expected = intake switch
        {
            Intake.Refused => AdmissionResult.Rejected,
            Intake.PassedOver => AdmissionResult.Skipped,
            _ => outcome.Result,
        };
        Assert.Equal(expected, outcome.Result);
        Assert.NotEqual(AdmissionResult.Redelivered, outcome.Result);
        _results.Add(outcome.Result);
        string name = intake is Intake.Refused refused ? $"rejected: {refused.Rejection.Stage}" : outcome.Result.ToString();
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
    }

    /// <summary>A mutator that reaches only one stage would prove nothing: every fate and every stage has its share.</summary>
    public void HoldsEverything()
    {
        foreach (string stage in Verdicts.Stages) AtLeast($"rejected: {stage}", Total / 500);
        AtLeast("Admitted", Total / 10);
        AtLeast("Sentinel", Total / 500);
        AtLeast("Skipped", Total / 500);
    }

    public override string ToString() => string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"));

    private void AtLeast(string name, long count) =>
        Assert.True(_counts.GetValueOrDefault(name) >= count, $"{name}: {_counts.GetValueOrDefault(name)} of {Total}, at least {count} are wanted");
}
