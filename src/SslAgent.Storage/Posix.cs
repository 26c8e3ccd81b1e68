using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SslAgent.Storage;

/// <summary>
/// The few system calls that .NET lacks: fsync of a directory, hard links, advisory locks, whose a file is. On Windows the nearest there is.
/// </summary>
internal static partial class Posix
{
    private const int ReadOnly = 0, ReadWrite = 2;
    private const int LockExclusive = 2, LockNonBlocking = 4;
    private const int Interrupted = 4;

    // Closed when another program is started. Differs by system; the value is in each system's fcntl.h.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>NTFS journals its names by itself, and Windows has no call for it: nothing to do there.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using SafeFileHandle handle = OpenExisting(path, ReadOnly, DiskOperation.SyncDirectory);
        if (Retry(() => FSync(Number(handle))) != 0) throw Failure(DiskOperation.SyncDirectory, path);
    }

    public static void Link(string existing, string added)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!CreateHardLink(added, existing, 0)) throw Failure(DiskOperation.Link, added);
            return;
        }

        if (HardLink(existing, added) != 0) throw Failure(DiskOperation.Link, added);
    }

    /// <summary>
    /// Opens an existing file and locks it for this process; null where another process holds the lock. The system frees the lock with
    /// the process.
    /// </summary>
    public static SafeFileHandle? OpenLocked(string path)
    {
        SafeFileHandle handle = OpenExisting(path, ReadWrite, DiskOperation.Lock);
        if (Retry(() => FLock(Number(handle), LockExclusive | LockNonBlocking)) == 0) return handle;
        StorageException failure = Failure(DiskOperation.Lock, path);
        handle.Dispose();
        return failure.Fault == StorageFault.Locked ? null : throw failure;
    }

    /// <summary>The user that a file belongs to, as a number; null where the system does not tell.</summary>
    public static unsafe uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        // struct statx, the same on every machine: 256 bytes, the user's number at 20 (linux/stat.h).
        byte* answer = stackalloc byte[256];
        const int currentDirectory = -100;
        const uint user = 0x8;
        return Statx(currentDirectory, path, 0, user, answer) == 0 ? *(uint*)(answer + 20) : null;
    }

    public static SafeFileHandle OpenToRead(string path) => OpenExisting(path, ReadOnly, DiskOperation.Lock);

    private static SafeFileHandle OpenExisting(string path, int access, DiskOperation operation)
    {
        int descriptor = Retry(() => Open(path, access | CloseOnExec));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(operation, path);
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static int Retry(Func<int> call)
    {
        int result;
        do result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private static StorageException Failure(DiskOperation operation, string path) =>
        StorageException.FromErrno(operation, path, Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FLock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int HardLink(string existing, string added);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* answer);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string added, string existing, nint security);
}
