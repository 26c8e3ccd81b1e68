using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// The disk as saves see it: new weights find it full while less than the reserve is left, so that they wait before it really is. Everything small
/// passes: pointers, manifests, what deletes. Safe from any thread.
/// </summary>
internal sealed class ReservingDisk(IDisk inner, string volume, long freeMin) : IDisk
{
    private const string WeightsExtension = ".safetensors";

    public IDiskFile Open(string path, DiskOpen mode)
    {
        if (freeMin > 0 && mode == DiskOpen.CreateNew && path.EndsWith(WeightsExtension, StringComparison.Ordinal)) RequireRoom(path);
        return inner.Open(path, mode);
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Link(string existing, string added) => inner.Link(existing, added);

    public void Delete(string path) => inner.Delete(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public long FreeBytes(string path) => inner.FreeBytes(path);

    private void RequireRoom(string path)
    {
        long free = inner.FreeBytes(volume);
        if (free >= freeMin) return;
        throw new StorageException(
            DiskOperation.Write, path, StorageFault.DiskFull, $"the disk has {free} bytes left, and agent.diskFreeMin keeps {freeMin} bytes free");
    }
}
