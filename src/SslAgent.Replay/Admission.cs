using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>What became of one delivered message.</summary>
public enum AdmissionResult
{
    /// <summary>Kept for training.</summary>
    Admitted = 0,

    /// <summary>Set aside, never trained on.</summary>
    Sentinel = 1,

    /// <summary>Refused as bad input; the dead letters are fed from the journal.</summary>
    Rejected = 2,

    /// <summary>Passed over, with a reason.</summary>
    Skipped = 3,

    /// <summary>In the journal already: delivered again by Kafka. Nothing was appended.</summary>
    Redelivered = 4,
}

/// <summary>A message's fate.</summary>
/// <param name="Sequence">Its number in the journal; -1 where it was delivered again.</param>
public readonly record struct AdmissionOutcome(AdmissionResult Result, long Sequence);

/// <summary>
/// Decides what record, if any, a delivered message becomes: delivered before, denied, a producer's retry, a sentinel, a sentinel's
/// duplicate, or kept. Pure: looks at the state and the message only.
/// </summary>
internal static class Admission
{
    /// <summary>Null where the message is in the journal already.</summary>
    public static JournalRecord? Decide(ReplayState state, Intake intake)
    {
        if (IsDeliveredAgain(state, intake.At)) return null;
        return intake switch
        {
            Intake.Refused refused => new JournalRecord.Rejected(refused.Delivery, refused.Rejection),
            Intake.PassedOver passedOver => new JournalRecord.Skipped(passedOver.At, passedOver.Source, passedOver.Reason),
            Intake.Accepted accepted => Decide(state, accepted.Sample),
            _ => throw new BrokenInvariantException($"no fate for {intake.GetType().Name}"),
        };
    }

    public static AdmissionResult ResultOf(JournalRecord record) => record switch
    {
        JournalRecord.Admitted admitted => admitted.IsSentinel ? AdmissionResult.Sentinel : AdmissionResult.Admitted,
        JournalRecord.Rejected => AdmissionResult.Rejected,
        _ => AdmissionResult.Skipped,
    };

    private static JournalRecord Decide(ReplayState state, Sample sample)
    {
        if (state.Denied.Denies(sample.At)) return Skip(sample, SkipReason.Denied);
        if (state.IsRetry(sample)) return Skip(sample, SkipReason.ProducerRetry);
        if (state.IsSentinel(sample)) return new JournalRecord.Admitted(sample, IsSentinel: true);
        if (sample.Text is { } text && state.Memory.IsSentinelText(text)) return Skip(sample, SkipReason.SentinelDuplicate);
        return new JournalRecord.Admitted(sample, IsSentinel: false);
    }

    private static JournalRecord.Skipped Skip(Sample sample, SkipReason reason) => new(sample.At, sample.Source, reason);

    private static bool IsDeliveredAgain(ReplayState state, SourceOffset at)
    {
        if (state.PartitionTable.Find(at.Topic, at.Partition) is not { } known) return false;
        Check.That(at.Epoch <= known.Epoch, "an epoch is opened by a record before anything is delivered from it");
        return at.Epoch < known.Epoch || at.Offset < known.NextOffset;
    }
}
