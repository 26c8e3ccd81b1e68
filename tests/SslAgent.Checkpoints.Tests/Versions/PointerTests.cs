using SslAgent.Domain;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class PointerTests
{
    [Fact]
    public void Verdicts_move_the_pointers()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        Assert.Equal((null, null), (store.Head, store.Serving));
        store.Add(1, verdict: VerdictKind.Reject);
        Assert.Equal((null, null), (store.Head, store.Serving));
        store.Add(2, verdict: VerdictKind.Hold);
        Assert.Equal((V(2), (ModelVersion?)null), (store.Head, store.Serving));
        store.Add(3, 2);
        Assert.Equal((V(3), V(3)), (store.Head, store.Serving));
        store.Add(4, 3, VerdictKind.Hold);
        Assert.Equal((V(4), V(3)), (store.Head, store.Serving));
        store.Add(5, 4, VerdictKind.Reject);
        Assert.Equal((V(3), V(3)), (store.Head, store.Serving));
        VersionStore again = Open(directory);
        Assert.Equal((V(3), V(3)), (again.Head, again.Serving));
        Assert.Empty(again.Findings);
    }

    [Fact]
    public void A_rollback_moves_both_and_to_a_held_version_serves_the_last_promoted_of_its_line()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1, VerdictKind.Hold);
        store.Add(3, 2);
        store.PublishRollback(Some.Rollback(4, 2), []);
        store.MovePointers(V(4));
        Assert.Equal((V(4), V(1)), (store.Head, store.Serving));
        store.PublishRollback(Some.Rollback(5, 3), []);
        store.MovePointers(V(5));
        Assert.Equal((V(5), V(5)), (store.Head, store.Serving));
    }

    [Theory]
    [InlineData("v1 crc32c:00000000\n")]
    [InlineData("")]
    [InlineData("v3")]
    [InlineData("v2 crc32c:5b0a7c1d\n../../etc/passwd")]
    public void A_damaged_pointer_is_mended_to_the_newest_sound_version_it_may_name(string damage)
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1);
        store.Add(3, 2, VerdictKind.Hold);
        store.Add(4, 3, VerdictKind.Reject);
        File.WriteAllText(Path.Combine(directory.Versions, "HEAD"), damage);
        File.WriteAllText(Path.Combine(directory.Versions, "SERVING"), damage);
        VersionStore mended = Open(directory);
        Assert.Equal((V(3), V(2)), (mended.Head, mended.Serving));
        Assert.Equal(4, mended.Findings.Count);
        Assert.Empty(Open(directory).Findings);
    }

    [Fact]
    public void Every_flipped_bit_of_a_pointer_is_noticed()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 3; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        string path = Path.Combine(directory.Versions, "HEAD");
        byte[] sound = File.ReadAllBytes(path);
        for (int bit = 0; bit < sound.Length * 8; bit++)
        {
            byte[] flipped = (byte[])sound.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            (ModelVersion? version, string? fault) = PointerFile.Read(Storage.LocalDisk.Instance, path);
            Assert.True(version is null && fault is not null, $"bit {bit}");
        }
    }

    [Fact]
    public void A_pointer_to_a_version_that_is_gone_or_damaged_is_reported_and_mended()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1);
        Flip(Path.Combine(directory.Versions, "v000002", "manifest.json"));
        VersionStore mended = Open(directory);
        Assert.Equal((V(1), V(1)), (mended.Head, mended.Serving));
        Assert.Contains(mended.Findings, finding => finding.Message.Contains("HEAD names v2", StringComparison.Ordinal));
        Assert.Equal(V(3), mended.ReserveNumber());
    }
}
