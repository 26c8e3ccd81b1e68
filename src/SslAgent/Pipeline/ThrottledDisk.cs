using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>The disk, read at no more than so many bytes a second and never written. Waits end with the cancellation. One thread at a time.</summary>
internal sealed class ThrottledDisk(IDisk inner, long bytesPerSecond, TimeProvider time, CancellationToken cancellation) : IDisk
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    public IDiskFile Open(string path, DiskOpen mode)
    {
        Check.That(mode == DiskOpen.Read, "what is read slowly is not written");
        cancellation.ThrowIfCancellationRequested();
        return new File(this, inner.Open(path, mode));
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => throw Written(path);

    public void Rename(string from, string to) => throw Written(from);

    public void Link(string existing, string added) => throw Written(added);

    public void Delete(string path) => throw Written(path);

    public void DeleteDirectory(string path) => throw Written(path);

    public void SyncDirectory(string path) => throw Written(path);

    public long FreeBytes(string path) => inner.FreeBytes(path);

    private static BrokenInvariantException Written(string path) => new($"what is read slowly is not written: {path}");

    private void Pay(int bytes)
    {
        BytesRead += bytes;
        TimeSpan early = TimeSpan.FromSeconds((double)BytesRead / bytesPerSecond) - time.GetElapsedTime(_began);
        if (early > TimeSpan.Zero) cancellation.WaitHandle.WaitOne(early);
        cancellation.ThrowIfCancellationRequested();
    }

    private sealed class File(ThrottledDisk disk, IDiskFile inner) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            int read = inner.Read(offset, buffer);
            disk.Pay(read);
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => throw Written(Path);

        public void SetLength(long bytes) => throw Written(Path);

        public void Sync() => throw Written(Path);

        public void Dispose() => inner.Dispose();
    }
}
