namespace SslAgent.Storage.Tests.Support;

/// <summary>The process "died" at this operation: thrown instead of every later one, so nothing after it reaches the disk.</summary>
public sealed class DiskStoppedException(string operation) : Exception($"stopped at {operation}");

/// <summary>
/// A disk in memory that keeps what a crash may take: content is durable after Sync of the file, a name after SyncDirectory of its
/// directory. <see cref="AfterCrash"/> gives one of the states that a real disk might be found in: of what was not synced, any 512-byte
/// sector of data may be there or not, and of the name changes in one directory any prefix (file systems journal those in order).
/// It can also fail or stop at the nth operation, fail at the nth read, run full, and flip bits; after a failed Sync what was to be written is forgotten, and written again or lost.
/// Linked into the tests of the rooms that write.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly SimulatedNames _names;
    private readonly List<string> _trace = [];
    private bool _stopped;

    public SimulatedDisk() : this(new SimulatedNames())
    {
    }

    private SimulatedDisk(SimulatedNames names) => _names = names;

    /// <summary>Operations that change something, in order: <c>write journal/x.seg</c>.</summary>
    public IReadOnlyList<string> Trace => _trace;

    /// <summary>The operation (counted from 1 over <see cref="Trace"/>) that fails, or 0.</summary>
    public int FailAt { get; set; }

    public StorageFault FailWith { get; set; } = StorageFault.DiskFull;

    /// <summary>Every operation from <see cref="FailAt"/> on fails, until this is taken back.</summary>
    public bool FailOn { get; set; }

    /// <summary>The operation (counted from 1) at which the process dies, after half of it was done; or 0.</summary>
    public int StopAt { get; set; }

    /// <summary>Reads of content so far.</summary>
    public int Reads { get; private set; }

    /// <summary>The read (counted from 1 over <see cref="Reads"/>) that fails, or 0.</summary>
    public int FailReadAt { get; set; }

    public long CapacityBytes { get; set; } = long.MaxValue;

    public IDiskFile Open(string path, DiskOpen mode)
    {
        lock (_lock)
        {
            path = Normal(path);
            bool exists = _names.Files.TryGetValue(path, out SimulatedInode? inode);
            if (mode is DiskOpen.Read or DiskOpen.ReadWrite)
            {
                return exists ? new Handle(this, path, inode!) : throw Fault(DiskOperation.Open, path, StorageFault.NotFound);
            }

            if (exists && mode == DiskOpen.CreateNew) throw Fault(DiskOperation.Open, path, StorageFault.Other);
            Step(DiskOperation.Open, path);
            if (exists) inode!.Resize(0);
            else _names.Set(path, inode = new SimulatedInode());
            return new Handle(this, path, inode!);
        }
    }

    public bool FileExists(string path)
    {
        lock (_lock) return _names.Files.ContainsKey(Normal(path));
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock) return _names.Directories.Contains(Normal(path));
    }

    public IReadOnlyList<DiskEntry> List(string directory)
    {
        lock (_lock)
        {
            string parent = Normal(directory);
            IEnumerable<DiskEntry> files = _names.Files.Where(name => SimulatedNames.DirectoryOf(name.Key) == parent)
                .Select(name => new DiskEntry(Path.GetFileName(name.Key), false, name.Value.Length));
            IEnumerable<DiskEntry> directories = _names.Directories.Where(name => SimulatedNames.DirectoryOf(name) == parent && name != parent)
                .Select(name => new DiskEntry(Path.GetFileName(name), true, 0));
            return [.. files.Concat(directories).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock) _names.AddDirectory(Normal(path));
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            (from, to) = (Normal(from), Normal(to));
            Step(DiskOperation.Rename, from);
            if (_names.Directories.Contains(from))
            {
                _names.MoveDirectory(from, to);
                return;
            }

            _names.Move(from, to, _names.Files.TryGetValue(from, out SimulatedInode? moved) ? moved : throw Fault(DiskOperation.Rename, from, StorageFault.NotFound));
        }
    }

    public void Link(string existing, string added)
    {
        lock (_lock)
        {
            Step(DiskOperation.Link, added);
            _names.Set(Normal(added), _names.Files[Normal(existing)]);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            if (!_names.Files.ContainsKey(path)) return;
            Step(DiskOperation.Delete, path);
            _names.Set(path, null);
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            Step(DiskOperation.Delete, path);
            _names.RemoveDirectory(path);
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            Step(DiskOperation.SyncDirectory, path);
            _names.Sync(path);
        }
    }

    public long FreeBytes(string path)
    {
        lock (_lock) return CapacityBytes - UsedBytes();
    }

    /// <summary>What the next process finds after this one was killed: everything that was written, synced or not.</summary>
    public SimulatedDisk AfterKill()
    {
        lock (_lock) return new SimulatedDisk(_names.AfterKill());
    }

    /// <summary>What a machine might find after losing power now; null keeps nothing that was not synced.</summary>
    public SimulatedDisk AfterCrash(Random? chance = null)
    {
        lock (_lock) return new SimulatedDisk(_names.AfterCrash(chance));
    }

    /// <summary>The file's content now, for tests to look at and to damage through <see cref="Put"/>.</summary>
    public byte[] Get(string path)
    {
        lock (_lock) return _names.Files[Normal(path)].Content();
    }

    public void Put(string path, byte[] content)
    {
        lock (_lock)
        {
            path = Normal(path);
            _names.AddDirectory(SimulatedNames.DirectoryOf(path));
            var inode = new SimulatedInode();
            inode.Write(0, content);
            inode.Sync();
            _names.Put(path, inode);
        }
    }

    private static string Normal(string path) => Path.GetFullPath(path);

    private static StorageException Fault(DiskOperation operation, string path, StorageFault fault) => new(operation, path, fault, $"simulated {fault}");

    private long UsedBytes() => _names.Files.Values.Distinct().Sum(inode => inode.Length);

    /// <summary>Counts an operation; fails, or stops the process, where the test said so. True where only half of it may be done.</summary>
    private void Step(DiskOperation operation, string path, Action? half = null, Action? failed = null)
    {
        string name = $"{operation} {Path.GetFileName(path)}";
        if (_stopped) throw new DiskStoppedException(name);
        _trace.Add(name);
        if (_trace.Count == StopAt)
        {
            half?.Invoke();
            _stopped = true;
            throw new DiskStoppedException(name);
        }

        if (FailAt > 0 && (_trace.Count == FailAt || (FailOn && _trace.Count >= FailAt)))
        {
            half?.Invoke();
            failed?.Invoke();
            throw Fault(operation, path, FailWith);
        }
    }

    private sealed class Handle(SimulatedDisk disk, string path, SimulatedInode inode) : IDiskFile
    {
        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk._lock) return inode.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._lock)
            {
                if (++disk.Reads == disk.FailReadAt) throw Fault(DiskOperation.Read, path, StorageFault.Device);
                return inode.Read(offset, buffer);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._lock)
            {
                byte[] copy = bytes.ToArray();
                disk.Step(DiskOperation.Write, path, () => inode.Write(offset, copy.AsSpan(0, copy.Length / 2)));
                if (disk.UsedBytes() + Math.Max(0, offset + copy.Length - inode.Length) > disk.CapacityBytes)
                {
                    throw Fault(DiskOperation.Write, path, StorageFault.DiskFull);
                }

                inode.Write(offset, copy);
            }
        }

        public void SetLength(long bytes)
        {
            lock (disk._lock)
            {
                disk.Step(DiskOperation.Truncate, path);
                inode.Resize(bytes);
            }
        }

        public void Sync()
        {
            lock (disk._lock)
            {
                disk.Step(DiskOperation.Sync, path, failed: inode.FailSync);
                inode.Sync();
            }
        }

        public void Dispose()
        {
        }
    }
}
