using System.Buffers;
using System.Security.Cryptography;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>Reads a version's file through, and says which of its bytes are not those that its manifest has the sums of. Damage on the way ends nothing.</summary>
internal static class FileCheck
{
    /// <summary>Null where the file is sound.</summary>
    public static FileDamage? Find(IDisk disk, string path, VersionFile file, CancellationToken cancellation)
    {
        try
        {
            if (!disk.FileExists(path)) return new FileDamage(file.Name, "missing") { Ranges = [new ByteRange(0, file.Bytes)] };
            using IDiskFile open = disk.Open(path, DiskOpen.Read);
            return file.Blocks is { } sums ? ByBlock(open, file, sums, cancellation) : AsAWhole(open, file, cancellation);
        }
        catch (StorageException fault)
        {
            return new FileDamage(file.Name, $"not readable: {fault.Message}") { Unreadable = fault };
        }
    }

    private static FileDamage? ByBlock(IDiskFile open, VersionFile file, string sums, CancellationToken cancellation)
    {
        var ranges = new List<ByteRange>();
        StorageException? unreadable = null;
        string sum = ReadThrough(open, file.Bytes, Judge, cancellation);
        long length = open.Length;
        if (length > file.Bytes) Add(ranges, new ByteRange(file.Bytes, length));
        if (ranges.Count == 0 && sum == file.Sha256) return null;
        string[] said =
        [
            .. ranges.Count > 0 ? [$"bytes {string.Join(", ", ranges)} are not what was written"] : Array.Empty<string>(),
            unreadable is null ? OtherThan(file, length, sum) : $"not readable: {unreadable.Message}",
        ];
        return new FileDamage(file.Name, string.Join("; ", said)) { Ranges = ranges, Unreadable = unreadable };

        void Judge(long at, ReadOnlySpan<byte> block, StorageException? fault)
        {
            unreadable ??= fault;
            long end = Math.Min(at + BlockSums.BlockBytes, file.Bytes);
            bool isSound = fault is null && block.Length == end - at && BlockSums.Fits(sums, at / BlockSums.BlockBytes, block);
            if (!isSound) Add(ranges, new ByteRange(at, end));
        }
    }

    private static FileDamage? AsAWhole(IDiskFile open, VersionFile file, CancellationToken cancellation)
    {
        const string Why = "which bytes cannot be told: a release that kept no block sums wrote it";
        long length = open.Length;
        if (length != file.Bytes) return new FileDamage(file.Name, $"{OtherThan(file, length, "")}; {Why}") { Ranges = [new ByteRange(0, file.Bytes)] };
        string sum = ReadThrough(open, file.Bytes, Refuse, cancellation);
        return sum == file.Sha256 ? null : new FileDamage(file.Name, $"{OtherThan(file, length, sum)}; {Why}") { Ranges = [new ByteRange(0, file.Bytes)] };

        static void Refuse(long at, ReadOnlySpan<byte> block, StorageException? fault)
        {
            if (fault is not null) throw fault;
        }
    }

    private static string OtherThan(VersionFile file, long length, string sum) => length == file.Bytes
        ? $"sha256 {sum}, the manifest names {file.Sha256}"
        : $"{length} bytes, the manifest names {file.Bytes}";

    private delegate void OnBlock(long at, ReadOnlySpan<byte> read, StorageException? fault);

    /// <summary>The sha256 of what could be read of the file's first so many bytes.</summary>
    private static string ReadThrough(IDiskFile open, long bytes, OnBlock onBlock, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSums.BlockBytes);
        try
        {
            for (long at = 0; at < bytes; at += BlockSums.BlockBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> block = buffer.AsSpan(0, (int)Math.Min(BlockSums.BlockBytes, bytes - at));
                (int read, StorageException? fault) = Read(open, at, block);
                hash.AppendData(block[..read]);
                onBlock(at, block[..read], fault);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static (int Read, StorageException? Fault) Read(IDiskFile open, long at, Span<byte> block)
    {
        int read = 0;
        try
        {
            while (read < block.Length && open.Read(at + read, block[read..]) is > 0 and int more) read += more;
            return (read, null);
        }
        catch (StorageException fault)
        {
            return (read, fault);
        }
    }

    /// <summary>Neighbours are one.</summary>
    private static void Add(List<ByteRange> ranges, ByteRange range)
    {
        if (ranges.Count > 0 && ranges[^1].To == range.From) ranges[^1] = ranges[^1] with { To = range.To };
        else ranges.Add(range);
    }
}
