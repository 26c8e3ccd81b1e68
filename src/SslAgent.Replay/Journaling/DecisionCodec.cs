using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>Records of the decisions log as bytes.</summary>
internal static class DecisionCodec
{
    public static RecordKind Encode(JournalRecord record, PayloadWriter to)
    {
        switch (record)
        {
            case JournalRecord.TokenizerFrozen frozen:
                to.Int32(frozen.VocabularySize);
                to.Int64(frozen.TrainedOnBytes);
                to.Bytes(frozen.TokenizerJson);
                return RecordKind.TokenizerFrozen;
            case JournalRecord.CycleStarted started:
                to.Int32(started.Cycle.Value);
                to.String(started.PlanJson);
                to.String(started.Fingerprint);
                to.String(started.Trigger);
                return RecordKind.CycleStarted;
            case JournalRecord.BudgetReached reached:
                to.Int32(reached.Cycle.Value);
                to.Int32(reached.StepsDone);
                return RecordKind.BudgetReached;
            case JournalRecord.CycleEnded ended:
                Encode(ended, to);
                return RecordKind.CycleEnded;
            case JournalRecord.CycleAbandoned abandoned:
                to.Int32(abandoned.Cycle.Value);
                to.String(abandoned.Reason);
                return RecordKind.CycleAbandoned;
            case JournalRecord.RolledBack rolledBack:
                Encode(rolledBack, to);
                return rolledBack.Accepts ? RecordKind.Accepted : RecordKind.RolledBack;
            case JournalRecord.HistoryRetired retired:
                to.Int64(retired.Horizon);
                to.String(retired.Reason);
                return RecordKind.HistoryRetired;
            case JournalRecord.Forgotten forgotten:
                Encode(forgotten, to);
                return RecordKind.Forgotten;
            case JournalRecord.Evicted evicted:
                to.Int32(evicted.Cycle.Value);
                foreach ((_, IReadOnlyList<SampleId> ids) in evicted.ByModality) Encode(ids, to);
                return RecordKind.Evicted;
            case JournalRecord.DriftFound drift:
                to.String(drift.Source);
                to.String(drift.Measure);
                to.Double(drift.Before);
                to.Double(drift.After);
                to.Int32(drift.PlasticCycles);
                return RecordKind.DriftFound;
            case JournalRecord.TrainingResumed resumed:
                to.String(resumed.Reason);
                return RecordKind.TrainingResumed;
            default:
                throw new BrokenInvariantException($"the journal has no format for {record.GetType().Name}");
        }
    }

    public static JournalRecord Decode(RecordKind kind, ref PayloadReader from)
    {
        switch (kind)
        {
            case RecordKind.TokenizerFrozen:
                int vocabulary = from.Int32();
                long trainedOn = from.Int64();
                return new JournalRecord.TokenizerFrozen(from.Bytes().ToArray(), vocabulary, trainedOn);
            case RecordKind.CycleStarted:
                return new JournalRecord.CycleStarted(new CycleNumber(from.Int32()), from.String(), from.String(), from.String());
            case RecordKind.BudgetReached:
                return new JournalRecord.BudgetReached(new CycleNumber(from.Int32()), from.Int32());
            case RecordKind.CycleEnded:
                return DecodeCycleEnded(ref from);
            case RecordKind.CycleAbandoned:
                return new JournalRecord.CycleAbandoned(new CycleNumber(from.Int32()), from.String());
            case RecordKind.RolledBack:
                return DecodeRolledBack(ref from);
            case RecordKind.Accepted:
                return DecodeRolledBack(ref from) with { Accepts = true };
            case RecordKind.HistoryRetired:
                return new JournalRecord.HistoryRetired(from.Int64(), from.String());
            case RecordKind.Forgotten:
                return DecodeForgotten(ref from);
            case RecordKind.Evicted:
                return new JournalRecord.Evicted(new CycleNumber(from.Int32()), DecodeIds(ref from), DecodeIds(ref from), DecodeIds(ref from));
            case RecordKind.DriftFound:
                return new JournalRecord.DriftFound(from.String(), from.String(), from.Double(), from.Double(), from.Int32());
            case RecordKind.TrainingResumed:
                return new JournalRecord.TrainingResumed(from.String());
            default:
                throw new JournalFormatException(
                    $"a journal record has the unknown kind {(ushort)kind}: use the release that wrote it, or a newer one");
        }
    }

    private static void Encode(JournalRecord.CycleEnded ended, PayloadWriter to)
    {
        to.Int32(ended.Cycle.Value);
        to.Int32(ended.StepsDone);
        to.Int32(ended.Version.Number);
        to.Byte((byte)ended.Verdict.Kind);
        to.Count(ended.Verdict.Reasons.Count);
        foreach (VerdictReason reason in ended.Verdict.Reasons)
        {
            to.String(reason.Policy);
            to.String(reason.Measure);
            to.Double(reason.Value);
            to.Double(reason.Limit);
            to.String(reason.Unit);
            to.Byte((byte)reason.Kind);
        }

        Encode(ended.Quarantined, to);
    }

    private static JournalRecord.CycleEnded DecodeCycleEnded(ref PayloadReader from)
    {
        var cycle = new CycleNumber(from.Int32());
        int steps = from.Int32();
        var version = new ModelVersion(from.Int32());
        var kind = (VerdictKind)from.Byte();
        var reasons = new List<VerdictReason>();
        for (int left = from.Count(); left > 0; left--)
        {
            reasons.Add(new VerdictReason(
                from.String(), from.String(), from.Double(), from.Double(), from.String(), (VerdictKind)from.Byte()));
        }

        return new JournalRecord.CycleEnded(cycle, steps, version, new Verdict(kind, reasons), DecodeIds(ref from));
    }

    private static void Encode(JournalRecord.RolledBack rolledBack, PayloadWriter to)
    {
        to.Int32(rolledBack.To.Number);
        to.Int64(rolledBack.ToPosition);
        to.Int32(rolledBack.Version.Number);
        to.Byte((byte)rolledBack.Replay);
        to.String(rolledBack.Reason);
        to.Count(rolledBack.Denied.Count);
        foreach (DeniedRange range in rolledBack.Denied)
        {
            to.String(range.Topic);
            to.Int32(range.Partition);
            to.Int64(range.From);
            to.Int64(range.To);
        }
    }

    private static JournalRecord.RolledBack DecodeRolledBack(ref PayloadReader from)
    {
        var to = new ModelVersion(from.Int32());
        long toPosition = from.Int64();
        var version = new ModelVersion(from.Int32());
        var replay = (ReplayRollback)from.Byte();
        string reason = from.String();
        var denied = new List<DeniedRange>();
        for (int left = from.Count(); left > 0; left--)
        {
            denied.Add(new DeniedRange(from.String(), from.Int32(), from.Int64(), from.Int64()));
        }

        return new JournalRecord.RolledBack(to, toPosition, version, replay, reason, denied);
    }

    private static void Encode(JournalRecord.Forgotten forgotten, PayloadWriter to)
    {
        to.Int32(forgotten.Of.Number);
        to.Int32(forgotten.Version.Number);
        to.Byte((byte)((forgotten.Source is null ? 0 : 1) | (forgotten.BeforeMs is null ? 0 : 2)));
        if (forgotten.Source is not null) to.String(forgotten.Source);
        if (forgotten.BeforeMs is { } before) to.Int64(before);
        to.String(forgotten.Reason);
        Encode(forgotten.Samples, to);
    }

    private static JournalRecord.Forgotten DecodeForgotten(ref PayloadReader from)
    {
        var of = new ModelVersion(from.Int32());
        var version = new ModelVersion(from.Int32());
        byte parts = from.Byte();
        string? source = (parts & 1) != 0 ? from.String() : null;
        long? before = (parts & 2) != 0 ? from.Int64() : null;
        string reason = from.String();
        return new JournalRecord.Forgotten(of, version, source, before, reason, DecodeIds(ref from));
    }

    private static void Encode(IReadOnlyList<SampleId> ids, PayloadWriter to)
    {
        to.Count(ids.Count);
        foreach (SampleId id in ids) to.Int64(id.Sequence);
    }

    private static List<SampleId> DecodeIds(ref PayloadReader from)
    {
        var ids = new List<SampleId>();
        for (int left = from.Count(); left > 0; left--) ids.Add(new SampleId(from.Int64()));
        return ids;
    }
}
