using SslAgent.Storage;

namespace SslAgent.Faults.Victim;

/// <summary>An open file of a <see cref="KillingDisk"/>.</summary>
internal sealed class KillingFile(IDiskFile file, string role, KillPoints points) : IDiskFile
{
    public string Path => file.Path;

    public long Length => file.Length;

    public int Read(long offset, Span<byte> buffer)
    {
        points.PassRead(role);
        return file.Read(offset, buffer);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        points.Pass($"before write {role}");
        int half = bytes.Length / 2;
        if (half > 0)
        {
            file.Write(offset, bytes[..half]);
            points.Pass($"halfway write {role}");
        }

        file.Write(offset + half, bytes[half..]);
        points.Pass($"after write {role}");
    }

    public void SetLength(long bytes)
    {
        points.Pass($"before truncate {role}");
        file.SetLength(bytes);
        points.Pass($"after truncate {role}");
    }

    public void Sync()
    {
        points.Pass($"before sync {role}");
        file.Sync();
        points.Pass($"after sync {role}");
    }

    public void Dispose() => file.Dispose();
}
