using System.Buffers;
using System.Globalization;
using MessagePack;
using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// Reads the MessagePack contract (docs/formats/wire.md) in one pass and without copies: contents stay views into the value.
/// Unknown keys are skipped, however deep. Used by the ingest thread alone.
/// </summary>
internal sealed class ContractDecoder(SourceNames names)
{
    public Rejection? Decode(ReadOnlyMemory<byte> value, ref Envelope envelope)
    {
        try
        {
            var reader = new MessagePackReader(value);
            MessagePackType type = reader.NextMessagePackType;
            if (type != MessagePackType.Map) return Refuse($"the value is MessagePack {type}, not a map");
            var fields = default(ContractFields);
            for (int left = reader.ReadMapHeader(); left > 0; left--)
            {
                if (ReadPair(ref reader, ref fields) is { } wrong) return wrong;
            }

            return reader.End ? fields.Fill(ref envelope) : Refuse($"{value.Length - reader.Consumed} bytes follow the map");
        }
        catch (Exception wrong) when (wrong is MessagePackSerializationException or EndOfStreamException or OverflowException or InvalidOperationException)
        {
            return Refuse($"the value is no whole MessagePack map: {Reasons.Printable(wrong.Message)}");
        }
    }

    private static Rejection Refuse(string reason) => new("envelope", reason);

    private Rejection? ReadPair(ref MessagePackReader reader, ref ContractFields fields)
    {
        ContractKey key = ContractKey.Unknown;
        if (reader.NextMessagePackType == MessagePackType.String) key = ContractKeys.Of(Bytes(ref reader).Span);
        else SkipValue(ref reader);
        if (key == ContractKey.Unknown || reader.IsNil)
        {
            SkipValue(ref reader);
            return null;
        }

        if ((fields.Seen & key) != 0) return Refuse($"the key {Name(key)} is there twice");
        fields.Seen |= key;
        return key switch
        {
            ContractKey.V => ReadNumber(ref reader, key, out fields.V),
            ContractKey.Width => ReadNumber(ref reader, key, out fields.Width),
            ContractKey.Height => ReadNumber(ref reader, key, out fields.Height),
            ContractKey.Ts => ReadTime(ref reader, out fields.TimeMs),
            ContractKey.Id => ReadName(ref reader, key, out fields.Id),
            ContractKey.Source => ReadName(ref reader, key, out fields.Source),
            ContractKey.Pair => ReadName(ref reader, key, out fields.Pair),
            ContractKey.Kind => ReadBytes(ref reader, key, out fields.Kind),
            ContractKey.Data => ReadBytes(ref reader, key, out fields.Data),
            ContractKey.Text => ReadBytes(ref reader, key, out fields.Text),
            ContractKey.Format => ReadBytes(ref reader, key, out fields.Format),
            _ => ReadBytes(ref reader, key, out fields.Caption),
        };
    }

    private static string Name(ContractKey key) => key.ToString().ToLowerInvariant();

    private static Rejection? ReadNumber(ref MessagePackReader reader, ContractKey key, out long number)
    {
        bool isNumber = reader.NextMessagePackType == MessagePackType.Integer;
        number = isNumber ? ReadInteger(ref reader) : 0;
        return isNumber ? null : Refuse($"{Name(key)} is {reader.NextMessagePackType}, not an integer");
    }

    /// <summary>An integer; one beyond 2^63 as the largest there is, which is out of every range here as well.</summary>
    private static long ReadInteger(ref MessagePackReader reader) => reader.NextCode == MessagePackCode.UInt64
        ? (long)Math.Min(reader.ReadUInt64(), long.MaxValue)
        : reader.ReadInt64();

    private static Rejection? ReadBytes(ref MessagePackReader reader, ContractKey key, out ReadOnlyMemory<byte> bytes)
    {
        bool isBytes = reader.NextMessagePackType is MessagePackType.String or MessagePackType.Binary;
        bytes = isBytes ? Bytes(ref reader) : default;
        return isBytes ? null : Refuse($"{Name(key)} is {reader.NextMessagePackType}, neither a string nor binary");
    }

    private static Rejection? ReadTime(ref MessagePackReader reader, out long? timeMs)
    {
        timeMs = null;
        double value;
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Integer:
                value = ReadInteger(ref reader);
                break;
            case MessagePackType.Float:
                value = reader.ReadDouble();
                break;
            case MessagePackType.Extension:
                if (ReadTimestamp(ref reader) is not { } timestamp) return Refuse($"ts is a timestamp outside 0 to {MessageTime.MsMax} ms since 1970");
                value = timestamp;
                break;
            default:
                return Refuse($"ts is {reader.NextMessagePackType}; milliseconds since 1970 UTC are expected");
        }

        if (!(value >= 0 && value <= MessageTime.MsMax))
        {
            return Refuse($"ts is {value.ToString(CultureInfo.InvariantCulture)} ms since 1970, outside 0 to {MessageTime.MsMax}");
        }

        timeMs = (long)value;
        return null;
    }

    /// <summary>Milliseconds since 1970, or null where the timestamp's seconds (64 bits of them) lie beyond every calendar.</summary>
    private static long? ReadTimestamp(ref MessagePackReader reader)
    {
        try
        {
            return new DateTimeOffset(reader.ReadDateTime()).ToUnixTimeMilliseconds();
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>A name as a string, or an integer for an id that is counted.</summary>
    private Rejection? ReadName(ref MessagePackReader reader, ContractKey key, out string? name)
    {
        name = null;
        if (key == ContractKey.Id && reader.NextMessagePackType == MessagePackType.Integer)
        {
            name = reader.NextCode == MessagePackCode.UInt64
                ? reader.ReadUInt64().ToString(CultureInfo.InvariantCulture)
                : reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
            return null;
        }

        if (reader.NextMessagePackType != MessagePackType.String) return Refuse($"{Name(key)} is {reader.NextMessagePackType}, not a string");
        ReadOnlyMemory<byte> utf8 = Bytes(ref reader);
        if (utf8.IsEmpty) return null;
        name = names.Read(utf8.Span);
        return name is not null ? null : Refuse($"{Name(key)} has {utf8.Length} bytes: at most {SourceNames.BytesMax} of printable UTF-8 are taken");
    }

    /// <summary>A string's or binary's bytes, as a view where the value lies in one piece (it always does).</summary>
    private static ReadOnlyMemory<byte> Bytes(ref MessagePackReader reader)
    {
        bool isString = reader.NextMessagePackType == MessagePackType.String;
        ReadOnlySequence<byte> bytes = (isString ? reader.ReadStringSequence() : reader.ReadBytes()) ?? default;
        return bytes.IsSingleSegment ? bytes.First : bytes.ToArray();
    }

    /// <summary>
    /// Passes over one value without recursion, so no nesting can exhaust the stack. A header's count is never believed beyond the
    /// bytes that are left, so the work is bounded by the value's length.
    /// </summary>
    private static void SkipValue(ref MessagePackReader reader)
    {
        for (long left = 1; left > 0; left--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Map:
                    left += 2L * reader.ReadMapHeader();
                    break;
                case MessagePackType.Array:
                    left += reader.ReadArrayHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }
}
