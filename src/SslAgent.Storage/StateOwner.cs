using System.Globalization;

namespace SslAgent.Storage;

/// <summary>Keeps root from writing into another user's state: what it writes that user's daemon could not delete, nor even read.</summary>
public static class StateOwner
{
    /// <summary>
    /// Throws <see cref="StorageException"/> with fault <see cref="StorageFault.Denied"/> where this process is root and what is in the directory is not. What is asked is whose a new file
    /// would be, since on shared folders that is not always the process's user. An empty directory is nobody's, and where the system does not tell nothing is refused.
    /// </summary>
    /// <param name="lockFile">Of the state: whose this is decides, where it is there; else any other entry of its directory.</param>
    public static void Require(string lockFile)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(lockFile)) ?? "/";
        if (!Environment.IsPrivilegedProcess || !Directory.Exists(directory)) return;
        string? known = File.Exists(lockFile) ? lockFile : Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal).FirstOrDefault();
        if (known is null || Posix.OwnerOf(known) is not { } owner || Mine(directory) is not { } mine || mine == owner) return;
        throw new StorageException(
            DiskOperation.Lock, directory, StorageFault.Denied,
            string.Create(CultureInfo.InvariantCulture, $"the state belongs to user {owner}, and what root writes there that user could not delete; do it as that user: sudo -u '#{owner}' sslagent …"));
    }

    private static uint? Mine(string directory)
    {
        string probe = Path.Combine(directory, $".owner-{Path.GetRandomFileName()}");
        try
        {
            using (File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose)) return Posix.OwnerOf(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Who cannot write there does no harm; whoever tries is told so then.
        }
    }
}
