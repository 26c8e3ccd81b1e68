using SslAgent.Domain;

namespace SslAgent.Support;

/// <summary>What the oracle found: faults, and counts by what became of the messages.</summary>
internal sealed class OracleReport
{
    private const int ShownMax = 20;

    /// <summary>Gaps, doubles, strangers, contents that differ: one sentence each. Empty where the journal is right.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Epochs that the journal opened, in order.</summary>
    public List<JournalRecord.EpochOpened> Epochs { get; } = [];

    /// <summary>Coordinates of what was refused: each of them must reach the dead letters.</summary>
    public List<SourceOffset> Rejected { get; } = [];

    public int Admitted { get; private set; }

    public int Sentinels { get; private set; }

    public Dictionary<SkipReason, int> Skipped { get; } = [];

    /// <summary>Records whose topic, partition and offset came before in another epoch.</summary>
    public int SeenAgain { get; set; }

    public int Delivered => Admitted + Sentinels + Rejected.Count + Skipped.Values.Sum();

    public void Fault(SourceOffset at, string? what)
    {
        if (what is not null) Faults.Add($"{at}: {what}");
    }

    public void Count(JournalRecord record, SourceOffset at)
    {
        switch (record)
        {
            case JournalRecord.Admitted { IsSentinel: true }:
                Sentinels++;
                break;
            case JournalRecord.Admitted:
                Admitted++;
                break;
            case JournalRecord.Rejected:
                Rejected.Add(at);
                break;
            case JournalRecord.Skipped skipped:
                Skipped[skipped.Reason] = Skipped.GetValueOrDefault(skipped.Reason) + 1;
                break;
        }
    }

    /// <summary>For a test's message: what is wrong, and what was found.</summary>
    public override string ToString() =>
        $"{Faults.Count} faults: {string.Join("; ", Faults.Take(ShownMax))}. {Admitted} admitted, {Sentinels} sentinels, {Rejected.Count} rejected, "
        + $"{string.Join(", ", Skipped.Select(skipped => $"{skipped.Value} {skipped.Key}"))}, {Epochs.Count} epochs opened";
}
