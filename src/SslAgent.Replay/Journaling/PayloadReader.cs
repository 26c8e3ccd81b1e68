using System.Buffers.Binary;
using System.Text;

namespace SslAgent.Replay;

/// <summary>
/// Reads the primitive fields of docs/formats/journal.md. The checksum already vouched for the bytes, so a field that does not fit is
/// another format.
/// </summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public int Count()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte part = Byte();
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) return value <= int.MaxValue ? (int)value : throw Foreign("a count beyond 2^31");
        }

        throw Foreign("a count of more than five bytes");
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public byte[]? OptionalBytes()
    {
        int count = Count();
        return count == 0 ? null : Take(count - 1).ToArray();
    }

    public string String() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) throw Foreign($"a field of {bytes} bytes where {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }

    private static JournalFormatException Foreign(string what) => new($"a journal record has {what}");
}

/// <summary>An intact record that this program cannot understand: written by another release.</summary>
public sealed class JournalFormatException(string message) : IOException(message);
