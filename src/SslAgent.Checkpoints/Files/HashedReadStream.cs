using System.Security.Cryptography;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>Reads a file front to back and knows its sha256 at the end. Whoever opened it disposes it.</summary>
internal sealed class HashedReadStream : Stream
{
    private const int ChunkBytes = 4 * 1024 * 1024;

    private readonly IDiskFile _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _read;

    public HashedReadStream(IDisk disk, string path) => _file = disk.Open(path, DiskOpen.Read);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length > ChunkBytes) buffer = buffer[..ChunkBytes];
        int read = _file.Read(_read, buffer);
        _hash.AppendData(buffer[..read]);
        _read += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>The sha256, in lower-case hex, of the whole file: what was not read yet is read now.</summary>
    public string Finish(CancellationToken cancellation = default)
    {
        byte[] rest = System.Buffers.ArrayPool<byte>.Shared.Rent(1024 * 1024);
        try
        {
            while (Read(rest.AsSpan()) > 0) cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rest);
        }
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
