using SslAgent.EndToEnd.Tests;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>One writer for one state directory, through the real program.</summary>
public sealed class SingleWriterTests
{
    private const int Ready = 7001, Refused = 3;

    [Fact]
    public async Task A_second_writer_is_refused_by_name_and_a_killed_ones_lock_is_taken_over()
    {
        await using var bench = new Bench();
        string[] settings =
        [
            "--set", $"agent:stateDirectory={Path.Combine(bench.Root, "state")}", "--set", "agent:diskFreeMin=0", "--set", $"kafka:topics={bench.Topic}",
            "--set", $"kafka:bootstrapServers={bench.BootstrapServers}", "--set", "kafka:assignment=manual", "--set", "serving:listen=127.0.0.1:0",
            "--set", "logging:console=json", "--set", "logging:file=none", "--set", "learning:threads=1",
        ];
        await using (var owner = new AgentProcess(["run", .. settings]))
        {
            await owner.EventAsync(Ready, bench.Limit);
            foreach (string[] other in new string[][] { ["run", .. settings], ["checkpoints", "prune", .. settings.Take(2)] })
            {
                (int code, string output, string errors) = await AgentProcess.RunAsync(bench.Limit, other);
                Assert.True(code == Refused, output + errors);
                Assert.Matches(@"in use by sslagent run, process \d+, on .+, since \d{4}-\d\d-\d\dT", errors);
            }

            owner.Kill();
            await owner.ExitAsync(bench.Limit);
        }

        await using var heir = new AgentProcess(["run", .. settings]);
        await heir.EventAsync(Ready, bench.Limit);
    }
}
