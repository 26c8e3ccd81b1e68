using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

/// <content>Strings, binaries, extensions and timestamps, each with its header.</content>
public ref partial struct MessagePackWriter
{
    private const ulong Seconds34BitsMax = (1UL << 34) - 1;

    public void Write(string? value)
    {
        if (value is null) WriteNil();
        else Write(value.AsSpan());
    }

    /// <summary>A string; a half of a surrogate pair becomes U+FFFD.</summary>
    public void Write(scoped ReadOnlySpan<char> value)
    {
        int byteCount = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(byteCount);
        Encoding.UTF8.GetBytes(value, GetSpan(byteCount));
        Advance(byteCount);
    }

    /// <summary>A string that is UTF-8 already (not checked).</summary>
    public void WriteString(ReadOnlySpan<byte> utf8stringBytes)
    {
        WriteStringHeader(utf8stringBytes.Length);
        WriteRaw(utf8stringBytes);
    }

    /// <inheritdoc cref="WriteString(ReadOnlySpan{byte})"/>
    public void WriteString(in ReadOnlySequence<byte> utf8stringBytes)
    {
        WriteStringHeader(checked((int)utf8stringBytes.Length));
        WriteRaw(utf8stringBytes);
    }

    public void Write(byte[]? src)
    {
        if (src is null) WriteNil();
        else Write(src.AsSpan());
    }

    public void Write(scoped ReadOnlySpan<byte> src)
    {
        WriteBinHeader(src.Length);
        src.CopyTo(GetSpan(src.Length));
        Advance(src.Length);
    }

    public void Write(in ReadOnlySequence<byte> src)
    {
        WriteBinHeader(checked((int)src.Length));
        WriteRaw(src);
    }

    public void WriteExtensionFormat(ExtensionResult extensionData)
    {
        WriteExtensionFormatHeader(extensionData.Header);
        WriteRaw(extensionData.Data);
    }

    /// <summary>A timestamp in the shortest of the three formats. Local time is converted; time of no stated kind counts as UTC.</summary>
    public void Write(DateTime dateTime)
    {
        if (dateTime.Kind == DateTimeKind.Local) dateTime = dateTime.ToUniversalTime();
        long seconds = dateTime.Ticks / TimeSpan.TicksPerSecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;
        uint nanoseconds = (uint)(dateTime.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        Span<byte> bytes = stackalloc byte[12];
        if (nanoseconds == 0 && seconds is >= 0 and <= uint.MaxValue)
        {
            bytes = bytes[..4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)seconds);
        }
        else if ((ulong)seconds <= Seconds34BitsMax)
        {
            bytes = bytes[..8];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)nanoseconds << 34) | (ulong)seconds);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(bytes[4..], seconds);
        }

        WriteExtensionFormatHeader(new ExtensionHeader(ReservedMessagePackExtensionTypeCode.DateTime, bytes.Length));
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }
}
