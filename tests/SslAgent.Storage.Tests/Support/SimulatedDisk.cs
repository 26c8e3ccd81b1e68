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
    private readonly Dictionary<string, SimulatedInode> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedInode> _durableNames = new(StringComparer.Ordinal);
    private readonly List<Change> _nameChanges = [];
    private readonly List<string> _trace = [];
    private bool _stopped;

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
            bool exists = _names.TryGetValue(path, out SimulatedInode? inode);
            if (mode is DiskOpen.Read or DiskOpen.ReadWrite)
            {
                return exists ? new Handle(this, path, inode!) : throw Fault(DiskOperation.Open, path, StorageFault.NotFound);
            }

            if (exists && mode == DiskOpen.CreateNew) throw Fault(DiskOperation.Open, path, StorageFault.Other);
            Step(DiskOperation.Open, path);
            if (exists) inode!.Resize(0);
            else SetName(path, inode = new SimulatedInode());
            return new Handle(this, path, inode!);
        }
    }

    public bool FileExists(string path)
    {
        lock (_lock) return _names.ContainsKey(Normal(path));
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock) return _directories.Contains(Normal(path));
    }

    public IReadOnlyList<DiskEntry> List(string directory)
    {
        lock (_lock)
        {
            string parent = Normal(directory);
            IEnumerable<DiskEntry> files = _names.Where(name => DirectoryOf(name.Key) == parent)
                .Select(name => new DiskEntry(Path.GetFileName(name.Key), false, name.Value.Length));
            IEnumerable<DiskEntry> directories = _directories.Where(name => DirectoryOf(name) == parent && name != parent)
                .Select(name => new DiskEntry(Path.GetFileName(name), true, 0));
            return [.. files.Concat(directories).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            for (string current = Normal(path); current.Length > 1; current = DirectoryOf(current)) _directories.Add(current);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            (from, to) = (Normal(from), Normal(to));
            Step(DiskOperation.Rename, from);
            if (_directories.Contains(from))
            {
                RenameDirectory(from, to);
                return;
            }

            Move(from, to, _names.TryGetValue(from, out SimulatedInode? moved) ? moved : throw Fault(DiskOperation.Rename, from, StorageFault.NotFound));
        }
    }

    public void Link(string existing, string added)
    {
        lock (_lock)
        {
            Step(DiskOperation.Link, added);
            SetName(Normal(added), _names[Normal(existing)]);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            if (!_names.ContainsKey(path)) return;
            Step(DiskOperation.Delete, path);
            SetName(path, null);
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            Step(DiskOperation.Delete, path);
            foreach (string name in _names.Keys.Where(name => name.StartsWith(path + "/", StringComparison.Ordinal)).ToList()) SetName(name, null);
            _directories.RemoveWhere(name => name == path || name.StartsWith(path + "/", StringComparison.Ordinal));
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            Step(DiskOperation.SyncDirectory, path);
            // A directory can only be durable under a name that another one had once that one's move is.
            int moved = _nameChanges.FindLastIndex(change => change.RenamedFrom == path);
            if (moved >= 0) MakeDurable(_nameChanges[moved].Directory, moved);
            MakeDurable(path, _nameChanges.Count - 1);
        }
    }

    private void MakeDurable(string directory, int last)
    {
        Change[] changes = [.. _nameChanges.Take(last + 1).Where(change => change.Directory == directory)];
        foreach (Change change in changes) Apply(_durableNames, change);
        _nameChanges.RemoveAll(changes.Contains);
    }

    public long FreeBytes(string path)
    {
        lock (_lock) return CapacityBytes - UsedBytes();
    }

    /// <summary>What the next process finds after this one was killed: everything that was written, synced or not.</summary>
    public SimulatedDisk AfterKill()
    {
        lock (_lock)
        {
            var found = new SimulatedDisk();
            foreach (string directory in _directories) found._directories.Add(directory);
            foreach ((string path, SimulatedInode inode) in _names) found._names[path] = found._durableNames[path] = inode;
            return found;
        }
    }

    /// <summary>What a machine might find after losing power now; null keeps nothing that was not synced.</summary>
    public SimulatedDisk AfterCrash(Random? chance = null)
    {
        lock (_lock)
        {
            var found = new SimulatedDisk();
            foreach (string directory in _directories) found._directories.Add(directory);
            var names = new Dictionary<string, SimulatedInode>(_durableNames, StringComparer.Ordinal);
            foreach (var changes in _nameChanges.GroupBy(change => change.Directory).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                foreach (Change change in changes.Take(chance?.Next(changes.Count() + 1) ?? 0)) Apply(names, change);
            }

            foreach (string name in names.Keys) found.CreateDirectory(DirectoryOf(name));
            var copies = new Dictionary<SimulatedInode, SimulatedInode>();
            foreach ((string path, SimulatedInode inode) in names.OrderBy(name => name.Key, StringComparer.Ordinal))
            {
                if (!copies.TryGetValue(inode, out SimulatedInode? copy)) copies[inode] = copy = inode.AfterCrash(chance);
                found._names[path] = copy;
                found._durableNames[path] = copy;
            }

            return found;
        }
    }

    /// <summary>The file's content now, for tests to look at and to damage through <see cref="Put"/>.</summary>
    public byte[] Get(string path)
    {
        lock (_lock) return _names[Normal(path)].Content();
    }

    public void Put(string path, byte[] content)
    {
        lock (_lock)
        {
            path = Normal(path);
            CreateDirectory(DirectoryOf(path));
            var inode = new SimulatedInode();
            inode.Write(0, content);
            inode.Sync();
            _names[path] = _durableNames[path] = inode;
        }
    }

    private static void Apply(Dictionary<string, SimulatedInode> names, Change change)
    {
        if (change.RenamedFrom is { } from)
        {
            foreach ((string path, SimulatedInode moved) in names.Where(name => IsUnder(name.Key, from)).ToList())
            {
                names.Remove(path);
                names[change.Path + path[from.Length..]] = moved;
            }
        }
        else if (change.Inode is null)
        {
            names.Remove(change.Path);
        }
        else
        {
            names[change.Path] = change.Inode;
        }
    }

    private static bool IsUnder(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static string Normal(string path) => Path.GetFullPath(path);

    private static string DirectoryOf(string path) => Path.GetDirectoryName(path) ?? "/";

    private static StorageException Fault(DiskOperation operation, string path, StorageFault fault) => new(operation, path, fault, $"simulated {fault}");

    /// <summary>
    /// One change of the parent's names, as on a real disk; what changes inside the directory goes by its new name from here on.
    /// </summary>
    private void RenameDirectory(string from, string to)
    {
        foreach (string directory in _directories.Where(name => name == from || IsUnder(name, from)).ToList())
        {
            _directories.Remove(directory);
            _directories.Add(to + directory[from.Length..]);
        }

        for (int i = 0; i < _nameChanges.Count; i++)
        {
            Change change = _nameChanges[i];
            if (change.Directory != from && !IsUnder(change.Directory, from)) continue;
            _nameChanges[i] = change with { Directory = to + change.Directory[from.Length..], Path = to + change.Path[from.Length..] };
        }

        Change renamed = new(DirectoryOf(to), to, null, from);
        Apply(_names, renamed);
        _nameChanges.Add(renamed);
    }

    private void Move(string from, string to, SimulatedInode inode)
    {
        SetName(to, inode);
        SetName(from, null);
        // A rename is one change: it is never found half done.
        if (DirectoryOf(from) == DirectoryOf(to)) MergeLastTwo();
    }

    private void MergeLastTwo()
    {
        var (removed, added) = (_nameChanges[^1], _nameChanges[^2]);
        _nameChanges.RemoveRange(_nameChanges.Count - 2, 2);
        _nameChanges.Add(removed);
        _nameChanges.Add(added);
    }

    private void SetName(string path, SimulatedInode? inode)
    {
        Change change = new(DirectoryOf(path), path, inode);
        Apply(_names, change);
        _nameChanges.Add(change);
    }

    private long UsedBytes() => _names.Values.Distinct().Sum(inode => inode.Length);

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

    /// <summary>A name that leads to content, to nothing any more, or a directory's new name.</summary>
    private sealed record Change(string Directory, string Path, SimulatedInode? Inode, string? RenamedFrom = null);

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
