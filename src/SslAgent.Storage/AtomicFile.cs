namespace SslAgent.Storage;

/// <summary>
/// Whole small files that are either the old or the new content, never a mixture: temporary file beside it, fsync, rename, fsync of
/// the directory. A crash may leave <c>NAME.tmp</c>, which the next write of the same name replaces.
/// </summary>
public static class AtomicFile
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Returns once the content is durable under its name. One writer at a time for one path.</summary>
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + TemporarySuffix;
        using (IDiskFile file = disk.Open(temporary, DiskOpen.CreateEmpty))
        {
            file.Write(0, content);
            file.Sync();
        }

        disk.Rename(temporary, path);
        disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
    }

    /// <summary>The file's content, or null where there is none.</summary>
    public static byte[]? Read(IDisk disk, string path)
    {
        if (!disk.FileExists(path)) return null;
        using IDiskFile file = disk.Open(path, DiskOpen.Read);
        byte[] content = new byte[file.Length];
        int read = file.Read(0, content);
        return read == content.Length ? content : content[..read];
    }
}
