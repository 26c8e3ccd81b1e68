using SslAgent.Storage;

namespace SslAgent.Faults.Victim;

/// <summary>The real disk, with a named point before and after each step that changes something, and one halfway through each write.</summary>
internal sealed class KillingDisk(IDisk disk, KillPoints points, DurableRoles roles, JournalArchive archive, PublishedVersions versions) : IDisk
{
    public IDiskFile Open(string path, DiskOpen mode)
    {
        if (mode is DiskOpen.Read or DiskOpen.ReadWrite) return new KillingFile(disk.Open(path, mode), roles.Of(path), points);
        string what = $"create {roles.Of(path)}";
        points.Pass($"before {what}");
        IDiskFile file = disk.Open(path, mode);
        points.Pass($"after {what}");
        return new KillingFile(file, roles.Of(path), points);
    }

    public bool FileExists(string path) => disk.FileExists(path);

    public bool DirectoryExists(string path) => disk.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => disk.List(directory);

    public void CreateDirectory(string path)
    {
        // Made anew at each start: only the first time changes something.
        if (disk.DirectoryExists(path)) disk.CreateDirectory(path);
        else Step($"create directory {roles.Of(path)}", () => disk.CreateDirectory(path));
    }

    public void Rename(string from, string to)
    {
        archive.Keep(to);
        Step($"rename {roles.Of(to)}", () =>
        {
            disk.Rename(from, to);
            versions.Renamed(to);
        });
    }

    public void Link(string existing, string added) => Step($"link {roles.Of(added)}", () => disk.Link(existing, added));

    public void Delete(string path)
    {
        if (!disk.FileExists(path)) return;
        archive.Keep(path);
        Step($"delete {roles.Of(path)}", () => disk.Delete(path));
    }

    public void DeleteDirectory(string path)
    {
        if (!disk.DirectoryExists(path)) return;
        string what = $"delete directory {roles.Of(path)}";
        points.Pass($"before {what}");
        // A directory goes file by file: a process may die in between.
        if (disk.List(path).FirstOrDefault(entry => !entry.IsDirectory) is { } first)
        {
            disk.Delete(Path.Combine(path, first.Name));
            points.Pass($"halfway {what}");
        }

        disk.DeleteDirectory(path);
        points.Pass($"after {what}");
    }

    public void SyncDirectory(string path) => Step($"sync directory {roles.Of(path)}", () => disk.SyncDirectory(path));

    public long FreeBytes(string path) => disk.FreeBytes(path);

    private void Step(string what, Action act)
    {
        points.Pass($"before {what}");
        act();
        points.Pass($"after {what}");
    }
}
