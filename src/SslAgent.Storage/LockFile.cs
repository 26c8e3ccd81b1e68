using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SslAgent.Storage;

/// <summary>
/// One writer for one state directory. The system holds the lock for the process and frees it with the process, however that ends,
/// so a crash never leaves a lock behind; the text inside only tells a person who the owner is. The file itself stays.
/// Always the real disk: a lock means something only there. Dispose to release.
/// </summary>
public sealed class LockFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private LockFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>
    /// Takes the lock or throws <see cref="StorageException"/> with fault <see cref="StorageFault.Locked"/>, naming the owner, or with <see cref="StorageFault.Denied"/> where the state
    /// is another user's: what is written now that one could not delete later.
    /// </summary>
    /// <param name="role">What the owner is doing, for the message: <c>sslagent run</c>.</param>
    public static LockFile Take(string path, string role, TimeProvider time)
    {
        StateOwner.Require(path);
        LocalDisk.Guard(DiskOperation.Lock, path, () => Create(path));
        SafeFileHandle handle = Open(path) ?? throw new StorageException(
            DiskOperation.Lock, path, StorageFault.Locked, $"the state directory is in use by {Owner(path)}");
        try
        {
            string owner = string.Create(CultureInfo.InvariantCulture,
                $"{role}, process {Environment.ProcessId}, on {Environment.MachineName}, since {time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}\n");
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(owner), 0);
            return new LockFile(handle);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
            throw StorageException.From(DiskOperation.Lock, path, cause);
        }
    }

    /// <summary>Whoever wrote the lock file last: the owner while the lock is held.</summary>
    public static string Owner(string path)
    {
        try
        {
            // Read past the advisory lock: File.ReadAllText would ask for a shared one and be refused.
            using SafeFileHandle? handle = OperatingSystem.IsWindows() ? OpenToRead(path) : Posix.OpenToRead(path);
            byte[] text = new byte[512];
            int read = RandomAccess.Read(handle, text, 0);
            string owner = Encoding.UTF8.GetString(text, 0, read).Trim();
            return owner.Length > 0 ? owner : "a process that is just starting";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"an owner that cannot be read ({cause.Message})";
        }
    }

    public void Dispose() => _handle.Dispose();

    private static bool Create(string path)
    {
        if (!File.Exists(path)) File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        return true;
    }

    private static SafeFileHandle? Open(string path)
    {
        if (!OperatingSystem.IsWindows()) return Posix.OpenLocked(path);
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static SafeFileHandle OpenToRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}
