using System.Buffers;
using System.Security.Cryptography;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Writes a new file front to back and knows size, sha256 and block sums when it is done, so that the sums in a manifest are those of what was meant to
/// be written, not of what a disk gave back. Small writes are gathered; large ones go through as they are.
/// </summary>
internal sealed class HashedWriteStream : Stream
{
    private const int BufferBytes = 256 * 1024;
    private const int ChunkBytes = 8 * 1024 * 1024;

    private readonly IDiskFile _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly BlockSums _blocks = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _buffered;
    private long _written;

    public HashedWriteStream(IDisk disk, string path) => _file = disk.Open(path, DiskOpen.CreateNew);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written + _buffered;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns once everything is on the medium.</summary>
    public VersionFile Finish(string name)
    {
        Flush();
        _file.Sync();
        return new VersionFile(name, _written, Convert.ToHexStringLower(_hash.GetHashAndReset())) { Blocks = _blocks.Finish() };
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > BufferBytes - _buffered) Flush();
        if (buffer.Length > BufferBytes)
        {
            Append(buffer);
            return;
        }
        buffer.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        Append(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _hash.Dispose();
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = bytes[..Math.Min(ChunkBytes, bytes.Length)];
            _hash.AppendData(chunk);
            _blocks.Append(chunk);
            _file.Write(_written, chunk);
            _written += chunk.Length;
            bytes = bytes[chunk.Length..];
        }
    }
}
