using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay.Tests.Sampling;

public sealed class FailedReadsTests
{
    private readonly FailedReads _failed = new();
    private readonly List<SampleId> _given = [];

    [Fact]
    public void A_file_that_fails_while_others_can_be_read_is_given_up_after_some_attempts()
    {
        for (int attempt = 1; attempt < FailedReads.AttemptsMax; attempt++)
            Assert.Throws<StorageException>(() => Offer(StorageFault.Device, othersWereRead: true, "a", 1, 2));
        Assert.Empty(_given);
        Offer(StorageFault.Device, othersWereRead: true, "a", 1, 2);
        Assert.Equal([new SampleId(1), new SampleId(2)], _given);
        Offer(StorageFault.NotFound, othersWereRead: true, "a", 3);
        Assert.Equal(new SampleId(3), _given[^1]);
        Assert.Throws<StorageException>(() => Offer(StorageFault.Device, othersWereRead: true, "b", 4));
    }

    [Theory]
    [InlineData(StorageFault.Device, false)]
    [InlineData(StorageFault.Denied, true)]
    [InlineData(StorageFault.Other, true)]
    public void A_disk_that_is_away_is_waited_for(StorageFault fault, bool othersWereRead)
    {
        for (int attempt = 0; attempt < 3 * FailedReads.AttemptsMax; attempt++)
            Assert.Throws<StorageException>(() => Offer(fault, othersWereRead, "a", 1));
        Assert.Empty(_given);
    }

    private void Offer(StorageFault fault, bool othersWereRead, string path, params long[] ids) => _failed.GiveUpOrThrow(
        [.. ids.Select(id => (new SampleId(id), new StorageException(DiskOperation.Read, path, fault, "a test")))], othersWereRead,
        unreadable => _given.Add(unreadable.Id));
}
