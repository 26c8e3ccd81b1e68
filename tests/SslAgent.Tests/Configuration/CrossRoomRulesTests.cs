using SslAgent.Configuration;

namespace SslAgent.Tests.Configuration;

public sealed class CrossRoomRulesTests
{
    [Fact]
    public void Frames_stored_smaller_than_the_network_trains_on_are_refused()
    {
        ConfigurationFault fault = Load.OneFault("{ \"model\": { \"preset\": \"small\" } }");

        Assert.Equal("ingest:frames:storedSize", fault.Path);
        Assert.Contains("128", fault.Reason);
    }

    [Fact]
    public void Batches_too_small_for_an_objective_are_refused_in_every_section_that_names_objectives()
    {
        ConfigurationFault usual = Load.OneFault("{ \"learning\": { \"objectives\": [{ \"name\": \"vicreg\", \"batchSize\": 1 }] } }");
        Assert.Contains("'vicreg' has batches of 1", usual.Reason, StringComparison.Ordinal);

        ConfigurationFault quiet = Load.OneFault("{ \"consolidation\": { \"objectives\": [{ \"name\": \"moco-v2\", \"batchSize\": 1 }] } }");
        Assert.Equal("consolidation:objectives", quiet.Path);

        ConfigurationFault stage = Load.OneFault("{ \"learning\": { \"objectives\": [{ \"name\": \"mae\" }], \"batchSize\": 1 }, \"pretraining\": { \"stages\": [{ \"objectives\": [{ \"name\": \"simclr\" }] }] } }");
        Assert.Equal("pretraining:stages", stage.Path);
        Assert.Contains("at least 2", stage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_learned_by_in_every_cycle_is_not_named_again_for_quiet_hours()
    {
        ConfigurationFault fault = Load.OneFault("{ \"consolidation\": { \"objectives\": [{ \"name\": \"mae\", \"weight\": 3 }] } }");

        Assert.Equal(("consolidation:objectives", "mae"), (fault.Path, fault.Value));
    }
}
