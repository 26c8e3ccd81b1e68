using System.Buffers.Binary;
using System.Text;

namespace SslAgent.Replay;

/// <summary>Writes the primitive fields of docs/formats/journal.md into one reused buffer. Not thread-safe.</summary>
internal sealed class PayloadWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > 16 << 20) _bytes = new byte[4096];
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>LEB128: seven bits a byte, low ones first, the top bit says that more follow.</summary>
    public void Count(int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>Null is the count 0; otherwise the count is the length plus one.</summary>
    public void OptionalBytes(byte[]? value)
    {
        Count(value is null ? 0 : value.Length + 1);
        value?.CopyTo(Take(value.Length));
    }

    public void String(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        Count(bytes);
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }

    private Span<byte> Take(int bytes)
    {
        if (_length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_length + bytes, 2 * _bytes.Length));
        _length += bytes;
        return _bytes.AsSpan(_length - bytes, bytes);
    }
}
