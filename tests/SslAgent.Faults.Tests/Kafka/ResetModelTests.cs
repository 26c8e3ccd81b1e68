using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>
/// Lives of an agent, drawn at random, against a model of the group's committed offset: crashes at every point between journal, memory, client and
/// acknowledgement are never taken for an operator's reset, and a reset after an orderly end always is.
/// </summary>
public sealed class ResetModelTests : IDisposable
{
    private static readonly bool IsTorture = Environment.GetEnvironmentVariable("SSLAGENT_TORTURE") == "1";

    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-resets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void No_crash_looks_like_a_reset_and_every_reset_after_an_orderly_end_is_seen()
    {
        int resets = 0, crashes = 0;
        for (int seed = 1; seed <= (IsTorture ? 500 : 15); seed++)
        {
            var model = new Model(Path.Combine(_folder, $"{seed}.json"), seed);
            for (int life = 0; life < 20; life++) model.Live(ref crashes, ref resets);
        }

        Assert.True(resets > 30 && crashes > 30, $"{resets} resets, {crashes} crashes");
    }

    private sealed class Model(string path, int seed)
    {
        private readonly Random _chance = new(seed);
        private PartitionPosition? _own;
        private long? _committed;
        private BeginningKind? _expected;

        public void Live(ref int crashes, ref int resets)
        {
            var memory = new CommitMemory(LocalDisk.Instance, path, "group", NullLogger.Instance);
            Begin(memory);
            long? stored = null;
            for (int left = _chance.Next(1, 12); left > 0; left--)
            {
                switch (_chance.Next(3))
                {
                    case 0:
                        _own = Own with { NextOffset = Own.NextOffset + _chance.Next(1, 10) };
                        break;
                    case 1 when memory.TryRemember([Own]):
                        if (_chance.Next(8) > 0) stored = Own.NextOffset;
                        break;
                    case 2 when stored is { } offset:
                        Commit(memory, offset, isAnswered: _chance.Next(4) > 0);
                        break;
                }
            }

            if (_chance.Next(2) == 0)
            {
                crashes++;
                return;
            }

            Assert.True(memory.TryRemember([Own]));
            Commit(memory, Own.NextOffset, isAnswered: true);
            Commit(memory, Own.NextOffset, isAnswered: true);
            memory.Dispose();
            if (_chance.Next(2) == 0) return;
            resets++;
            long to = _chance.NextInt64(0, Own.NextOffset + 20);
            _committed = to;
            _expected = to < Own.NextOffset ? BeginningKind.SetBack : to > Own.NextOffset ? BeginningKind.SetForward : BeginningKind.Own;
        }

        private PartitionPosition Own => _own ?? throw new InvalidOperationException("a life has begun");

        private void Begin(CommitMemory memory)
        {
            var beginning = Beginning.Of(_own, _committed, memory.FindCommit("t", 0), wasElsewhere: false);
            if (_expected is { } expected) Assert.True(beginning.Kind == expected, $"seed {seed}: {beginning}, expected {expected}");
            else Assert.True(beginning.Kind is not (BeginningKind.SetBack or BeginningKind.SetForward), $"seed {seed}: {beginning} of {_own}, committed {_committed}");
            _expected = null;
            int epoch = beginning.Kind == BeginningKind.SetBack ? beginning.Epoch + 1 : beginning.Epoch;
            _own = new PartitionPosition("t", 0, epoch, Math.Max(0, beginning.Next));
        }

        private void Commit(CommitMemory memory, long offset, bool isAnswered)
        {
            _committed = offset;
            if (isAnswered) memory.Acknowledged("t", 0, offset);
        }
    }
}
