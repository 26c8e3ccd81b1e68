using System.Runtime.InteropServices;

namespace SslAgent.Storage;

/// <summary>What was being done when the disk failed.</summary>
public enum DiskOperation
{
    Open = 0,
    Read = 1,
    Write = 2,
    Truncate = 3,
    Sync = 4,
    SyncDirectory = 5,
    Rename = 6,
    Link = 7,
    Delete = 8,
    List = 9,
    CreateDirectory = 10,
    FreeSpace = 11,
    Lock = 12,
}

/// <summary>Why, as far as the system says: tells an operator what to do, and the agent whether waiting may help.</summary>
public enum StorageFault
{
    /// <summary>Anything else; the inner exception has the words.</summary>
    Other = 0,

    /// <summary>No space or quota left: waiting for space helps.</summary>
    DiskFull = 1,

    /// <summary>The file system is mounted read-only.</summary>
    ReadOnly = 2,

    /// <summary>The process lacks the permission.</summary>
    Denied = 3,

    NotFound = 4,

    /// <summary>The medium or its driver reports an I/O error.</summary>
    Device = 5,

    /// <summary>Another process holds the lock.</summary>
    Locked = 6,
}

/// <summary>A fault of the disk, with the operation and the path. Everything else in this room that throws is a bug.</summary>
public sealed class StorageException : IOException
{
    public StorageException(DiskOperation operation, string path, StorageFault fault, string detail, Exception? inner = null)
        : base($"{Words(operation)} {path} failed: {detail}", inner)
    {
        Operation = operation;
        Path = path;
        Fault = fault;
    }

    public DiskOperation Operation { get; }

    public string Path { get; }

    public StorageFault Fault { get; }

    internal static StorageException From(DiskOperation operation, string path, Exception cause) =>
        new(operation, path, FaultOf(cause), cause.Message, cause);

    internal static StorageException FromErrno(DiskOperation operation, string path, int errno) =>
        new(operation, path, FaultOfErrno(errno), $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");

    private static StorageFault FaultOf(Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => StorageFault.NotFound,
        UnauthorizedAccessException => StorageFault.Denied,
        // .NET puts the raw errno into HResult on Unix, and 0x8007xxxx on Windows.
        _ => cause.HResult switch
        {
            unchecked((int)0x80070070) or unchecked((int)0x80070027) => StorageFault.DiskFull,
            unchecked((int)0x80070020) => StorageFault.Locked,
            int errno => FaultOfErrno(errno),
        },
    };

    // Linux numbers; EDQUOT is 122 there and 69 on macOS.
    private static StorageFault FaultOfErrno(int errno) => errno switch
    {
        28 or 122 or 69 => StorageFault.DiskFull,
        30 => StorageFault.ReadOnly,
        1 or 13 => StorageFault.Denied,
        2 => StorageFault.NotFound,
        5 => StorageFault.Device,
        11 or 35 => StorageFault.Locked,
        _ => StorageFault.Other,
    };

    private static string Words(DiskOperation operation) => operation switch
    {
        DiskOperation.Open => "opening",
        DiskOperation.Read => "reading",
        DiskOperation.Write => "writing",
        DiskOperation.Truncate => "truncating",
        DiskOperation.Sync => "syncing",
        DiskOperation.SyncDirectory => "syncing directory",
        DiskOperation.Rename => "renaming",
        DiskOperation.Link => "linking",
        DiskOperation.Delete => "deleting",
        DiskOperation.List => "listing",
        DiskOperation.CreateDirectory => "creating directory",
        DiskOperation.FreeSpace => "measuring free space at",
        _ => "locking",
    };
}
