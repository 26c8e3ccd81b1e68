using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.Auditing;

/// <summary>How the journal says that a version came to be.</summary>
/// <param name="At">Number of the record that the version stands for.</param>
internal abstract record Derivation(ModelVersion Version, long At)
{
    /// <summary>A cycle trained it.</summary>
    /// <param name="Open">The cycle as it stood when it ended: its first record and what it stands on.</param>
    public sealed record Trained(
        LineageFold.OpenCycle Open, byte[]? TokenizerJson, JournalRecord.CycleEnded Ended, long At) : Derivation(Ended.Version, At);

    /// <summary>It has an earlier version's weights: a rollback, a held version that was accepted, or a replay buffer that had to forget.</summary>
    public sealed record Anew(ModelVersion Version, ModelVersion Of, VersionKind Kind, long At) : Derivation(Version, At);

    /// <summary>The record that began its cycle is lost with the medium: nobody knows what it was trained on.</summary>
    public sealed record Lost(ModelVersion Version, long At) : Derivation(Version, At);

    /// <summary>All versions that the journal knows, oldest first, whether they are still on disk or not.</summary>
    public static IReadOnlyList<Derivation> AllOf(IReadOnlyList<NumberedRecord> decisions)
    {
        var lineage = new LineageFold();
        var all = new List<Derivation>();
        foreach ((long sequence, JournalRecord record) in decisions)
        {
            switch (record)
            {
                case JournalRecord.CycleEnded ended:
                    // The tokenizer is frozen between cycles, so what holds at the end held at the beginning.
                    all.Add(lineage.Open is { } open && open.Started.Cycle == ended.Cycle
                        ? new Trained(open, lineage.Tokenizer?.TokenizerJson, ended, sequence)
                        : new Lost(ended.Version, sequence));
                    break;
                case JournalRecord.RolledBack back:
                    all.Add(new Anew(back.Version, back.To, back.Accepts ? VersionKind.Accept : VersionKind.Rollback, sequence));
                    break;
                case JournalRecord.Forgotten forgotten:
                    all.Add(new Anew(forgotten.Version, forgotten.Of, VersionKind.Forget, sequence));
                    break;
            }

            lineage.Apply(sequence, record);
        }

        return all;
    }
}
