namespace SslAgent.Storage.Tests.Support;

/// <summary>The process "died" at this operation: thrown instead of every later one, so nothing after it reaches the disk.</summary>
public sealed class DiskStoppedException(string operation) : Exception($"stopped at {operation}");

/// <summary>
/// A disk in memory that keeps what a crash may take: content is durable after Sync of the file, a name after SyncDirectory of its
/// directory. <see cref="AfterCrash"/> gives one of the states that a real disk might be found in: of what was not synced, any 512-byte
/// sector of data may be there or not, and of the name changes in one directory any prefix (file systems journal those in order).
/// It can also fail or stop at the nth operation, run full, and flip bits. Linked into the tests of the rooms that write.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Inode> _durableNames = new(StringComparer.Ordinal);
    private readonly List<(string Directory, string Path, Inode? Inode)> _nameChanges = [];
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

    public long CapacityBytes { get; set; } = long.MaxValue;

    public IDiskFile Open(string path, DiskOpen mode)
    {
        lock (_lock)
        {
            path = Normal(path);
            bool exists = _names.TryGetValue(path, out Inode? inode);
            if (mode is DiskOpen.Read or DiskOpen.ReadWrite)
            {
                return exists ? new Handle(this, path, inode!) : throw Fault(DiskOperation.Open, path, StorageFault.NotFound);
            }

            if (exists && mode == DiskOpen.CreateNew) throw Fault(DiskOperation.Open, path, StorageFault.Other);
            Step(DiskOperation.Open, path);
            if (exists) inode!.Resize(0);
            else SetName(path, inode = new Inode());
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
            if (_directories.Remove(from))
            {
                _directories.Add(to);
                foreach ((string path, Inode inode) in _names.Where(name => name.Key.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
                {
                    Move(path, to + path[from.Length..], inode);
                }

                return;
            }

            Move(from, to, _names.TryGetValue(from, out Inode? moved) ? moved : throw Fault(DiskOperation.Rename, from, StorageFault.NotFound));
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
            foreach (var change in _nameChanges.Where(change => change.Directory == path)) Apply(_durableNames, change.Path, change.Inode);
            _nameChanges.RemoveAll(change => change.Directory == path);
        }
    }

    public long FreeBytes(string path)
    {
        lock (_lock) return CapacityBytes - UsedBytes();
    }

    /// <summary>What a machine might find after losing power now; null keeps nothing that was not synced.</summary>
    public SimulatedDisk AfterCrash(Random? chance = null)
    {
        lock (_lock)
        {
            var found = new SimulatedDisk();
            foreach (string directory in _directories) found._directories.Add(directory);
            var names = new Dictionary<string, Inode>(_durableNames, StringComparer.Ordinal);
            foreach (var changes in _nameChanges.GroupBy(change => change.Directory).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                foreach (var change in changes.Take(chance?.Next(changes.Count() + 1) ?? 0)) Apply(names, change.Path, change.Inode);
            }

            var copies = new Dictionary<Inode, Inode>();
            foreach ((string path, Inode inode) in names.OrderBy(name => name.Key, StringComparer.Ordinal))
            {
                if (!copies.TryGetValue(inode, out Inode? copy)) copies[inode] = copy = inode.AfterCrash(chance);
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
            var inode = new Inode();
            inode.Write(0, content);
            inode.Sync();
            _names[path] = _durableNames[path] = inode;
        }
    }

    private static void Apply(Dictionary<string, Inode> names, string path, Inode? inode)
    {
        if (inode is null) names.Remove(path);
        else names[path] = inode;
    }

    private static string Normal(string path) => Path.GetFullPath(path);

    private static string DirectoryOf(string path) => Path.GetDirectoryName(path) ?? "/";

    private static StorageException Fault(DiskOperation operation, string path, StorageFault fault) => new(operation, path, fault, $"simulated {fault}");

    private void Move(string from, string to, Inode inode)
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

    private void SetName(string path, Inode? inode)
    {
        Apply(_names, path, inode);
        _nameChanges.Add((DirectoryOf(path), path, inode));
    }

    private long UsedBytes() => _names.Values.Distinct().Sum(inode => inode.Length);

    /// <summary>Counts an operation; fails, or stops the process, where the test said so. True where only half of it may be done.</summary>
    private void Step(DiskOperation operation, string path, Action? half = null)
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
            throw Fault(operation, path, FailWith);
        }
    }

    private sealed class Handle(SimulatedDisk disk, string path, Inode inode) : IDiskFile
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
            lock (disk._lock) return inode.Read(offset, buffer);
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
                disk.Step(DiskOperation.Sync, path);
                inode.Sync();
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Inode
    {
        private byte[] _bytes = [];
        private byte[] _durable = [];

        public int Length { get; private set; }

        public byte[] Content() => _bytes[..Length];

        public int Read(long offset, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            _bytes.AsSpan((int)Math.Min(offset, Length), count).CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            Resize(Math.Max(Length, offset + bytes.Length));
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }

        public void Resize(long bytes)
        {
            if (bytes > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(bytes, 2L * _bytes.Length));
            if (bytes < Length) _bytes.AsSpan((int)bytes, Length - (int)bytes).Clear();
            Length = (int)bytes;
        }

        public void Sync() => _durable = Content();

        public Inode AfterCrash(Random? chance)
        {
            byte[] found = [.. _durable];
            if (chance is not null)
            {
                Array.Resize(ref found, chance.Next(3) switch { 0 => _durable.Length, 1 => Length, _ => chance.Next(Math.Min(_durable.Length, Length), Math.Max(_durable.Length, Length) + 1) });
                for (int start = 0; start < found.Length; start += SectorBytes)
                {
                    int count = Math.Min(SectorBytes, Math.Min(found.Length, Length) - start);
                    if (count > 0 && chance.Next(2) == 0) _bytes.AsSpan(start, count).CopyTo(found.AsSpan(start));
                }
            }

            var inode = new Inode();
            inode.Write(0, found);
            inode.Sync();
            return inode;
        }
    }
}
