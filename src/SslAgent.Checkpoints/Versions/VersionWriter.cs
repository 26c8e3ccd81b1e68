using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Writes one version's directory so that it is there as a whole or not at all (DESIGN.md section 6): temporary directory, files, fsync of
/// each, manifest with their sums, fsync, fsync of the directory, rename, fsync of the parent. After a failure at any point the store holds
/// what it held; what is left over has a name that the next opening removes.
/// </summary>
internal sealed class VersionWriter
{
    private readonly IDisk _disk;
    private readonly VersionNames _names;
    private readonly ModelVersion _version;
    private readonly string _directory;
    private readonly List<VersionFile> _files = [];

    private VersionWriter(IDisk disk, VersionNames names, ModelVersion version)
    {
        (_disk, _names, _version) = (disk, names, version);
        _directory = names.Temporary(version);
    }

    /// <summary>Bytes written so far, links not counted.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Begins in an empty temporary directory; what an earlier attempt left there goes.</summary>
    public static VersionWriter Begin(IDisk disk, VersionNames names, ModelVersion version)
    {
        VersionWriter writer = new(disk, names, version);
        disk.DeleteDirectory(writer._directory);
        disk.CreateDirectory(writer._directory);
        return writer;
    }

    public void Add(string name, Action<Stream> write)
    {
        Check.That(VersionNames.IsFileName(name) && !IsReserved(name), $"a version's file is not called '{name}'");
        Check.That(_files.All(file => file.Name != name), $"{name} is written once");
        VersionFile file = Write(name, write);
        _files.Add(file);
    }

    /// <summary>
    /// Takes over another version's file under a second name of the same bytes, or as a copy where the file system has no hard links.
    /// </summary>
    public void Link(VersionFile file, string existing)
    {
        try
        {
            _disk.Link(existing, Path.Combine(_directory, file.Name));
            _files.Add(file);
        }
        catch (StorageException fault) when (fault.Fault is StorageFault.Other or StorageFault.Denied)
        {
            _disk.Delete(Path.Combine(_directory, file.Name));
            Copy(file, existing);
        }
    }

    /// <summary>Makes the version visible. <paramref name="manifestOf"/> gets the list of files and gives the manifest to write.</summary>
    public VersionManifest Publish(Func<IReadOnlyList<VersionFile>, VersionManifest> manifestOf)
    {
        VersionManifest manifest = manifestOf([.. _files.OrderBy(file => file.Name, StringComparer.Ordinal)]);
        byte[] json = ManifestJson.Write(manifest);
        VersionFile written = Write(VersionNames.Manifest, stream => stream.Write(json));
        Write(VersionNames.ManifestSum, stream => stream.Write(Encoding.ASCII.GetBytes($"{written.Sha256}  {VersionNames.Manifest}\n")));
        _disk.SyncDirectory(_directory);
        if (_disk.DirectoryExists(_names.Of(_version))) SetAside();
        _disk.Rename(_directory, _names.Of(_version));
        _disk.SyncDirectory(_names.Root);
        _disk.DeleteDirectory(_names.Trash(_version));
        return manifest;
    }

    /// <summary>A damaged version of the same number makes room: the caller has found that it is not sound.</summary>
    private void SetAside()
    {
        _disk.DeleteDirectory(_names.Trash(_version));
        _disk.Rename(_names.Of(_version), _names.Trash(_version));
    }

    /// <summary>Removes what was written, as far as the disk lets it: the next opening removes the rest.</summary>
    public void Abandon()
    {
        try
        {
            _disk.DeleteDirectory(_directory);
        }
        catch (StorageException)
        {
            // The fault that led here is the one to report.
        }
    }

    private static bool IsReserved(string name) => name is VersionNames.Manifest or VersionNames.ManifestSum or VersionNames.Dropped;

    private VersionFile Write(string name, Action<Stream> write)
    {
        using HashedWriteStream stream = new(_disk, Path.Combine(_directory, name));
        write(stream);
        VersionFile file = stream.Finish(name);
        BytesWritten += file.Bytes;
        return file;
    }

    private void Copy(VersionFile file, string existing)
    {
        using HashedReadStream source = new(_disk, existing);
        Add(file.Name, source.CopyTo);
        // What is copied gets sums of its own, also those that its first release did not keep.
        if (!_files[^1].HasContentOf(file))
            throw new VersionDamagedException(
                _version, existing, $"copied {_files[^1].Bytes} bytes with another sha256 than its manifest names");
    }
}
