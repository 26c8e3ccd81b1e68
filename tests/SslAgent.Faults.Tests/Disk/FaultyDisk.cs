using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>
/// The real disk, until it is told to fail: from then on every call that a test named fails, until it is mended; or is slow: it does not come back until it is
/// released. Counts both, so that a test waits for them and never for time. Safe from any thread.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly LocalDisk _inner = LocalDisk.Instance;
    private Func<DiskOperation, string, bool>? _fails;
    private StorageFault _fault;
    private int _failures;

    private readonly TaskCompletionSource _isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously), _isReleased = new();
    private Func<DiskOperation, string, bool>? _holds;
    private int _held;

    /// <summary>What <see cref="FreeBytes"/> answers; null asks the real disk.</summary>
    public long? Free { get; set; }

    public void Fail(StorageFault fault, Func<DiskOperation, string, bool> where)
    {
        lock (_lock) (_fault, _fails, _failures) = (fault, where, 0);
    }

    public void Mend()
    {
        lock (_lock) _fails = null;
    }

    /// <summary>Calls that are, or were, held.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Once in a disk's life.</summary>
    public void Hold(Func<DiskOperation, string, bool> where)
    {
        lock (_lock) _holds = where;
    }

    /// <summary>Ends when the first call is held.</summary>
    public Task HeldAsync(CancellationToken limit) => _isHeld.Task.WaitAsync(limit);

    /// <summary>Lets all go, and holds none from here on.</summary>
    public void Release()
    {
        lock (_lock) _holds = null;
        _isReleased.TrySetResult();
    }

    /// <summary>Ends when so many calls have failed since <see cref="Fail"/>.</summary>
    public Task FailuresAsync(int count, CancellationToken limit)
    {
        lock (_lock)
        {
            if (_failures >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(limit);
        }
    }

    public IDiskFile Open(string path, DiskOpen mode)
    {
        Pass(mode == DiskOpen.Read ? DiskOperation.Open : DiskOperation.Write, path);
        return new File(this, _inner.Open(path, mode));
    }

    public bool FileExists(string path) => _inner.FileExists(path);

    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => _inner.List(directory);

    public void CreateDirectory(string path)
    {
        Pass(DiskOperation.CreateDirectory, path);
        _inner.CreateDirectory(path);
    }

    public void Rename(string from, string to)
    {
        Pass(DiskOperation.Rename, to);
        _inner.Rename(from, to);
    }

    public void Link(string existing, string added)
    {
        Pass(DiskOperation.Link, added);
        _inner.Link(existing, added);
    }

    public void Delete(string path)
    {
        Pass(DiskOperation.Delete, path);
        _inner.Delete(path);
    }

    public void DeleteDirectory(string path)
    {
        Pass(DiskOperation.Delete, path);
        _inner.DeleteDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Pass(DiskOperation.SyncDirectory, path);
        _inner.SyncDirectory(path);
    }

    public long FreeBytes(string path) => Free ?? _inner.FreeBytes(path);

    private void Pass(DiskOperation operation, string path)
    {
        bool isHeld;
        lock (_lock) isHeld = _holds?.Invoke(operation, path) == true;
        if (isHeld)
        {
            Interlocked.Increment(ref _held);
            _isHeld.TrySetResult();
            _isReleased.Task.Wait();
        }

        lock (_lock)
        {
            if (_fails?.Invoke(operation, path) != true) return;
            _failures++;
            foreach ((int count, TaskCompletionSource reached) in _waiting)
            {
                if (_failures >= count) reached.TrySetResult();
            }

            throw new StorageException(operation, path, _fault, $"a test made it fail for the {_failures}. time");
        }
    }

    private sealed class File(FaultyDisk disk, IDiskFile inner) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            disk.Pass(DiskOperation.Read, Path);
            return inner.Read(offset, buffer);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Pass(DiskOperation.Write, Path);
            inner.Write(offset, bytes);
        }

        public void SetLength(long bytes)
        {
            disk.Pass(DiskOperation.Truncate, Path);
            inner.SetLength(bytes);
        }

        public void Sync()
        {
            disk.Pass(DiskOperation.Sync, Path);
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
