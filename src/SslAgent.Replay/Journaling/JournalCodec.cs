using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The journal's records as bytes and back: docs/formats/journal.md, field by field. Pure.</summary>
internal static class JournalCodec
{
    public static RecordKind Encode(JournalRecord record, PayloadWriter to)
    {
        switch (record)
        {
            case JournalRecord.Admitted admitted:
                SampleCodec.Encode(admitted, to);
                return RecordKind.Admitted;
            case JournalRecord.Rejected rejected:
                SampleCodec.Encode(rejected, to);
                return RecordKind.Rejected;
            case JournalRecord.Skipped skipped:
                SampleCodec.Encode(skipped.At, to);
                to.String(skipped.Source);
                to.Byte((byte)skipped.Reason);
                return RecordKind.Skipped;
            case JournalRecord.EpochOpened opened:
                to.String(opened.Topic);
                to.Int32(opened.Partition);
                to.Int32(opened.Epoch);
                to.Int64(opened.FirstOffset);
                to.String(opened.Reason);
                return RecordKind.EpochOpened;
            default:
                return DecisionCodec.Encode(record, to);
        }
    }

    public static JournalRecord Decode(RecordKind kind, ReadOnlySpan<byte> payload)
    {
        var from = new PayloadReader(payload);
        JournalRecord record = kind switch
        {
            RecordKind.Admitted => SampleCodec.DecodeAdmitted(ref from),
            RecordKind.Rejected => SampleCodec.DecodeRejected(ref from),
            RecordKind.Skipped => new JournalRecord.Skipped(SampleCodec.DecodeAt(ref from), from.String(), (SkipReason)from.Byte()),
            RecordKind.EpochOpened => new JournalRecord.EpochOpened(
                from.String(), from.Int32(), from.Int32(), from.Int64(), from.String()),
            _ => DecisionCodec.Decode(kind, ref from),
        };
        return from.IsAtEnd
            ? record
            : throw new JournalFormatException($"a journal record of kind {kind} is longer than this program knows");
    }

    public static bool IsDecision(JournalRecord record) => record is not
        (JournalRecord.Admitted or JournalRecord.Rejected or JournalRecord.Skipped or JournalRecord.EpochOpened);
}
