namespace SslAgent.Storage.Tests.Support;

/// <summary>
/// A disk's names: those that a program sees, and those that are on the medium. A name is durable after a sync of its directory; of the changes in one directory that were not synced a crash keeps any
/// prefix, since file systems journal them in order. Guarded by the disk's lock.
/// </summary>
internal sealed class SimulatedNames
{
    private readonly Dictionary<string, SimulatedInode> _now = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedInode> _durable = new(StringComparer.Ordinal);
    private readonly List<Change> _changes = [];

    /// <summary>Files that a program sees.</summary>
    public IReadOnlyDictionary<string, SimulatedInode> Files => _now;

    public IReadOnlySet<string> Directories => _directories;

    public static string DirectoryOf(string path) => Path.GetDirectoryName(path) ?? "/";

    public void AddDirectory(string path)
    {
        for (string current = path; current.Length > 1; current = DirectoryOf(current)) _directories.Add(current);
    }

    /// <summary>What is under a name from now on; null takes it away.</summary>
    public void Set(string path, SimulatedInode? inode)
    {
        Change change = new(DirectoryOf(path), path, inode);
        Apply(_now, change);
        _changes.Add(change);
    }

    /// <summary>The same, and on the medium.</summary>
    public void Put(string path, SimulatedInode inode) => _now[path] = _durable[path] = inode;

    /// <summary>A file's other name; where it stays in its directory that is one change, which is never found half done.</summary>
    public void Move(string from, string to, SimulatedInode inode)
    {
        Set(to, inode);
        Set(from, null);
        if (DirectoryOf(from) != DirectoryOf(to)) return;
        (Change removed, Change added) = (_changes[^1], _changes[^2]);
        _changes.RemoveRange(_changes.Count - 2, 2);
        _changes.Add(removed);
        _changes.Add(added);
    }

    /// <summary>One change of the parent's names, as on a real disk; what changes inside the directory goes by its new name from here on.</summary>
    public void MoveDirectory(string from, string to)
    {
        foreach (string directory in _directories.Where(name => name == from || IsUnder(name, from)).ToList())
        {
            _directories.Remove(directory);
            _directories.Add(to + directory[from.Length..]);
        }

        for (int i = 0; i < _changes.Count; i++)
        {
            Change change = _changes[i];
            if (change.Directory != from && !IsUnder(change.Directory, from)) continue;
            _changes[i] = change with { Directory = to + change.Directory[from.Length..], Path = to + change.Path[from.Length..] };
        }

        Change renamed = new(DirectoryOf(to), to, null, from);
        Apply(_now, renamed);
        _changes.Add(renamed);
    }

    public void RemoveDirectory(string path)
    {
        foreach (string name in _now.Keys.Where(name => IsUnder(name, path)).ToList()) Set(name, null);
        _directories.RemoveWhere(name => name == path || IsUnder(name, path));
    }

    public void Sync(string directory)
    {
        // A directory can only be durable under a name that another one had once that one's move is.
        int moved = _changes.FindLastIndex(change => change.RenamedFrom == directory);
        if (moved >= 0) MakeDurable(_changes[moved].Directory, moved);
        MakeDurable(directory, _changes.Count - 1);
    }

    /// <summary>All of them, each on the medium.</summary>
    public SimulatedNames AfterKill()
    {
        var found = new SimulatedNames();
        found._directories.UnionWith(_directories);
        foreach ((string path, SimulatedInode inode) in _now) found.Put(path, inode);
        return found;
    }

    /// <summary>Those on the medium, and by chance some of what was not synced; null keeps none of it.</summary>
    public SimulatedNames AfterCrash(Random? chance)
    {
        var found = new SimulatedNames();
        found._directories.UnionWith(_directories);
        var names = new Dictionary<string, SimulatedInode>(_durable, StringComparer.Ordinal);
        foreach (IGrouping<string, Change> changes in _changes.GroupBy(change => change.Directory).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (Change change in changes.Take(chance?.Next(changes.Count() + 1) ?? 0)) Apply(names, change);
        }

        foreach (string name in names.Keys) found.AddDirectory(DirectoryOf(name));
        var copies = new Dictionary<SimulatedInode, SimulatedInode>();
        foreach ((string path, SimulatedInode inode) in names.OrderBy(name => name.Key, StringComparer.Ordinal))
        {
            if (!copies.TryGetValue(inode, out SimulatedInode? copy)) copies[inode] = copy = inode.AfterCrash(chance);
            found.Put(path, copy);
        }

        return found;
    }

    private void MakeDurable(string directory, int last)
    {
        Change[] changes = [.. _changes.Take(last + 1).Where(change => change.Directory == directory)];
        foreach (Change change in changes) Apply(_durable, change);
        _changes.RemoveAll(changes.Contains);
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

    /// <summary>A name that leads to content, to nothing any more, or a directory's new name.</summary>
    private sealed record Change(string Directory, string Path, SimulatedInode? Inode, string? RenamedFrom = null);
}
