using Microsoft.Win32.SafeHandles;

namespace SslAgent.Storage;

/// <summary>A file of the real disk, by positional system calls on one handle.</summary>
internal sealed class LocalDiskFile : IDiskFile
{
    private readonly SafeFileHandle _handle;

    public LocalDiskFile(string path, DiskOpen mode)
    {
        Path = path;
        FileMode fileMode = mode switch
        {
            DiskOpen.CreateNew => FileMode.CreateNew,
            DiskOpen.CreateEmpty => FileMode.Create,
            _ => FileMode.Open,
        };
        FileAccess access = mode == DiskOpen.Read ? FileAccess.Read : FileAccess.ReadWrite;
        _handle = File.OpenHandle(path, fileMode, access, FileShare.ReadWrite | FileShare.Delete);
    }

    public string Path { get; }

    public long Length => LocalDisk.Guard(DiskOperation.Read, Path, () => RandomAccess.GetLength(_handle));

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            int done = 0;
            while (done < buffer.Length)
            {
                int read = RandomAccess.Read(_handle, buffer[done..], offset + done);
                if (read == 0) break;
                done += read;
            }

            return done;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(DiskOperation.Read, Path, cause);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(DiskOperation.Write, Path, cause);
        }
    }

    public void SetLength(long bytes) => LocalDisk.Guard(DiskOperation.Truncate, Path, () =>
    {
        RandomAccess.SetLength(_handle, bytes);
        return true;
    });

    public void Sync() => LocalDisk.Guard(DiskOperation.Sync, Path, () =>
    {
        RandomAccess.FlushToDisk(_handle);
        return true;
    });

    public void Dispose() => _handle.Dispose();
}
