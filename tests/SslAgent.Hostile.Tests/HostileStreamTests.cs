using System.Globalization;
using SslAgent.Domain;
using SslAgent.Hostile.Tests.Mutating;
using SslAgent.Hostile.Tests.Support;
using SslAgent.Replay;

namespace SslAgent.Hostile.Tests;

/// <summary>
/// A stream of mutated messages through the agent's real way into the journal. The seed is printed; <c>SSLAGENT_SEED</c> repeats a run,
/// <c>SSLAGENT_HOSTILE_COUNT</c> makes it longer, <c>SSLAGENT_HOSTILE_NUMBER</c> sends one message alone.
/// </summary>
[Collection(nameof(HostileStreamTests))]
[CollectionDefinition(nameof(HostileStreamTests), DisableParallelization = true)]
public sealed class HostileStreamTests(ITestOutputHelper output)
{
    private const long ManagedGrowthMax = 24 << 20, ResidentGrowthMax = 192 << 20, VipsHighWaterMax = 64 << 20;

    /// <summary>One message's allocations: so much, and so much for each of its bytes. Work in this thread is bounded with them.</summary>
    private const long AllocatedMax = 512 << 10, AllocatedPerByte = 16;

    private readonly RunSettings _settings = RunSettings.FromEnvironment();

    [Fact]
    public void Specimens_are_valid_until_they_are_mutated()
    {
        using var path = new HostilePath();
        for (int i = 0; i < Specimens.All.Count; i++)
        {
            Specimen specimen = Specimens.All[i];
            var message = new HostileMessage(i, 0, specimen.Name, new Delivery(HostileStream.PlaceOf(i), 1_700_000_000_000, null, specimen.Value, specimen.Headers));
            Intake intake = path.Decode(message);
            Assert.True(intake is Intake.Accepted, $"{specimen.Name}: {(intake as Intake.Refused)?.Rejection}");
        }
    }

    [Fact]
    public void A_message_is_a_function_of_seed_and_number()
    {
        for (long number = 0; number < 500; number++)
        {
            HostileMessage one = HostileStream.Make(_settings.Seed, number), two = HostileStream.Make(_settings.Seed, number);
            Assert.Equal((one.Story, one.Delivery.TimeMs, one.Delivery.Headers.Count), (two.Story, two.Delivery.TimeMs, two.Delivery.Headers.Count));
            Assert.Equal(one.Delivery.Value, two.Delivery.Value);
            Assert.Equal(one.Delivery.Key, two.Delivery.Key);
        }
    }

    [Fact]
    public void Every_message_is_accepted_rejected_or_passed_over_exactly_once_and_memory_stays_bounded()
    {
        output.WriteLine($"seed {_settings.Seed}, {_settings.Count} messages, only {_settings.Only?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        using var path = new HostilePath();
        var tally = new HostileTally();
        if (_settings.Only is { } only)
        {
            output.WriteLine(Send(path, tally, only).ToString());
            return;
        }

        // The first tenth fills every bounded table and pool; what grows after it grows without end.
        long warm = _settings.Count / 10;
        for (long number = 0; number < warm; number++) Send(path, tally, number);
        ProcessMemory before = ProcessMemory.Now();
        long highWater = ProcessMemory.VipsHighWater;
        for (long number = warm; number < _settings.Count; number++) Send(path, tally, number);
        ProcessMemory after = ProcessMemory.Now();
        output.WriteLine(tally.ToString());
        output.WriteLine($"before {before}, after {after}, libvips at most {ProcessMemory.VipsHighWater} bytes");

        Assert.Equal(_settings.Count, tally.Total);
        Assert.InRange(after.ManagedBytes - before.ManagedBytes, long.MinValue, ManagedGrowthMax);
        Assert.InRange(after.ResidentBytes - before.ResidentBytes, long.MinValue, ResidentGrowthMax);
        Assert.Equal(before.VipsBytes, after.VipsBytes);
        Assert.InRange(ProcessMemory.VipsHighWater, 0, Math.Max(highWater, VipsHighWaterMax));
        tally.HoldsEverything();
        path.Ledger.Sync();
        JournalAgainstProducer.Hold(path.Ledger, tally, _settings.Seed);
    }

    private Intake Send(HostilePath path, HostileTally tally, long number)
    {
        HostileMessage message = HostileStream.Make(_settings.Seed, number);
        try
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            Intake intake = path.Decode(message);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.InRange(allocated, 0, AllocatedMax + (AllocatedPerByte * SizeOf(message.Delivery)));
            Verdicts.Hold(message.Delivery, intake, HostilePath.Side, HostilePath.TextBytesMax);
            AdmissionOutcome outcome = path.Ledger.Admit(intake);
            tally.Add(intake, outcome);

            // Delivered once more, as after a rebalance: nothing more of it in the journal.
            if (number % 101 == 0) Assert.Equal(AdmissionResult.Redelivered, path.Ledger.Admit(intake).Result);
            if (path.Ledger.SyncDueIn == TimeSpan.Zero) path.Ledger.Sync();
            return intake;
        }
        catch (Exception broken)
        {
            throw FailedMessage.Keep(_settings.Seed, message, broken);
        }
    }

    private static long SizeOf(Delivery delivery) =>
        (delivery.Value?.Length ?? 0) + delivery.Headers.Sum(header => header.Name.Length + (header.Value?.Length ?? 0));
}
