using SslAgent.Configuration;

namespace SslAgent.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Fact]
    public void The_defaults_have_no_faults()
    {
        Assert.Empty(Load.Json("{}").Faults);
    }

    [Fact]
    public void A_topic_is_the_one_thing_that_must_be_given()
    {
        ConfigurationOutcome outcome = ConfigurationLoader.Load(new ConfigurationRequest(null, [], new Dictionary<string, string>()));

        Assert.Equal("kafka:topics", Assert.Single(outcome.Faults).Path);
    }

    [Fact]
    public void Lists_may_be_given_item_by_item_or_with_commas_and_never_mix()
    {
        const string File = "{ \"kafka\": { \"topics\": [\"a\", \"b\", \"c\"] } }";

        Assert.Equal(["x", "y"], Load.Json(File, "kafka:topics=x, y").Settings.Kafka.Topics);
        Assert.Equal(["frames"], Load.Json(File).Settings.Kafka.Topics);
    }

    [Fact]
    public void Secrets_are_masked_in_every_print()
    {
        ConfigurationOutcome outcome = Load.Json(
            "{ \"kafka\": { \"properties\": { \"sasl.password\": \"hunter2\", \"sasl.username\": \"me\", \"ssl.ca.location\": \"/ca.pem\" } } }",
            "kafka:properties:sasl.oauthbearer.client.secret=hunter3", "kafka:properties:ssl.key.password=hunter4");

        string printed = new SettingsPrinter(outcome.Values, withOrigins: true).Print(outcome.Settings) + string.Join('\n', outcome.Faults);

        Assert.DoesNotContain("hunter", printed);
        Assert.Contains("\"sasl.username\": \"me\"", printed);
        Assert.Contains("\"ssl.ca.location\": \"/ca.pem\"", printed);
    }

    [Fact]
    public void Rules_of_sources_are_bound_and_checked()
    {
        ConfigurationOutcome outcome = Load.Json("{ \"ingest\": { \"sources\": { \"rules\": [{ \"source\": \"cam-1\", \"sample\": 5 }, { \"source\": \"cam-2\", \"rateMaks\": 1 }] } } }");

        Assert.Equal(5, outcome.Settings.Ingest.Sources.Rules[0].Sample);
        Assert.Equal("ingest:sources:rules:1:rateMaks", Assert.Single(outcome.Faults).Path);
    }

    [Fact]
    public void A_file_may_have_comments_and_trailing_commas()
    {
        ConfigurationOutcome outcome = Load.Json(
            """
            {
              // what chance is drawn from
              "agent": { "seed": 7, /* more to come */ },
            }
            """);

        Assert.Empty(outcome.Faults);
        Assert.Equal(7, outcome.Settings.Agent.Seed);
    }

    [Fact]
    public void The_environment_overrides_the_file_and_the_command_line_overrides_both()
    {
        Dictionary<string, string> environment = new() { ["SSLAGENT__agent__seed"] = "2", ["SSLAGENT__kafka__topics"] = "a,b", ["SSLAGENT__learning__batchSize"] = "16", ["PATH"] = "/bin" };

        ConfigurationOutcome outcome = Load.With("""{ "agent": { "seed": 1 }, "learning": { "batchSize": 8 } }""", environment, "agent:seed=3");

        Assert.Empty(outcome.Faults);
        Assert.Equal(3, outcome.Settings.Agent.Seed);
        Assert.Equal(16, outcome.Settings.Learning.BatchSize);
    }

    [Fact]
    public void An_unknown_option_is_refused_with_the_one_that_was_meant()
    {
        ConfigurationFault fault = Load.OneFault("""{ "learning": { "batchSise": 3 } }""");

        Assert.Equal("learning:batchSise", fault.Path);
        Assert.Contains("did you mean learning:batchSize?", fault.Reason);
    }

    [Fact]
    public void An_unknown_section_is_refused_with_the_known_ones()
    {
        ConfigurationFault fault = Load.OneFault("""{ "somethingElse": { "x": 3 } }""");

        Assert.Equal("somethingElse", fault.Path);
        Assert.Contains("learning", fault.Reason);
    }

    [Fact]
    public void All_faults_are_told_at_once_with_key_value_and_reason()
    {
        ConfigurationOutcome outcome = Load.Json(
            """
            {
              "agent": { "seed": -1, "shutdownLimit": "5" },
              "cycle": { "interval": null, "stepsMax": "many" },
              "learning": { "batchSize": 0, "dtype": "fp8" },
              "model": { "preset": "huge" },
            }
            """,
            "learning:nothing=1", "nonsense");

        string all = string.Join('\n', outcome.Faults);
        Assert.Equal(9, outcome.Faults.Count);
        Assert.Contains("agent:seed = -1", all);
        Assert.Contains("agent:shutdownLimit = 5", all);
        Assert.Contains("no cycle would ever start", all);
        Assert.Contains("cycle:stepsMax = many", all);
        Assert.Contains("learning:batchSize = 0", all);
        Assert.Contains("must lie between 1 and 65536", all);
        Assert.Contains("learning:dtype = fp8", all);
        Assert.Contains("'huge'", all);
        Assert.Contains("learning:nothing (from --set)", all);
        Assert.Contains("--set nonsense", all);
    }

    [Theory]
    [InlineData("200ms", 0.2)]
    [InlineData("90s", 90)]
    [InlineData("1.5min", 90)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604800)]
    [InlineData("00:00:30", 30)]
    [InlineData("1.00:00:00", 86400)]
    public void A_duration_may_carry_its_unit(string written, double seconds)
    {
        Assert.Equal((TimeSpan.FromSeconds(seconds), null), ValueReader.Read(written, typeof(TimeSpan), mayBeNull: false));
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("1.5 MiB", 1572864)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1_000", 1000)]
    public void A_whole_number_may_carry_a_byte_unit(string written, long expected)
    {
        Assert.Equal((expected, null), ValueReader.Read(written, typeof(long), mayBeNull: false));
    }

    [Theory]
    [InlineData("90", typeof(TimeSpan))]
    [InlineData("1.5", typeof(int))]
    [InlineData("3000000000", typeof(int))]
    [InlineData("NaN", typeof(double))]
    [InlineData("yes", typeof(bool))]
    [InlineData("7", typeof(DayOfWeek))]
    [InlineData("", typeof(int))]
    public void What_is_no_value_of_the_type_is_refused_and_the_wanted_form_named(string written, Type type)
    {
        (object? value, string? complaint) = ValueReader.Read(written, type, mayBeNull: true);

        Assert.Null(value);
        Assert.Contains("expected", complaint);
    }

    [Fact]
    public void Null_is_for_options_that_may_be_null()
    {
        Assert.Null(Load.Json("""{ "cycle": { "timeMax": null } }""").Settings.Cycle.TimeMax);
        Assert.Equal("cycle:stepsMax", Load.OneFault("""{ "cycle": { "stepsMax": null } }""").Path);
    }

    [Fact]
    public void A_list_of_sections_is_bound_and_its_items_are_checked()
    {
        ConfigurationOutcome good = Load.Json("""{ "learning": { "objectives": [ { "name": "mae", "weight": 2 }, { "name": "clip" } ] } }""");
        ConfigurationFault bad = Load.OneFault("""{ "learning": { "objectives": [ { "name": "mae", "weight": -2 } ] } }""");

        Assert.Empty(good.Faults);
        Assert.Equal(["mae", "clip"], good.Settings.Learning.Objectives.Select(objective => objective.Name));
        Assert.Equal("learning:objectives:0:weight", bad.Path);
    }

    [Fact]
    public void An_objective_may_take_part_in_every_so_many_th_cycle()
    {
        ConfigurationOutcome good = Load.Json("""{ "learning": { "objectives": [ { "name": "mae" }, { "name": "dino", "every": 4 } ] } }""");
        Assert.Equal([1, 4], good.Settings.Learning.Objectives.Select(objective => objective.Every));
        Assert.Equal("learning:objectives:0:every", Load.OneFault("""{ "learning": { "objectives": [ { "name": "mae", "every": 0 } ] } }""").Path);
        Assert.Contains("counts cycles", Load.OneFault("""{ "consolidation": { "objectives": [ { "name": "byol", "every": 2 } ] } }""").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Knobs_of_an_objective_are_bound_and_each_that_is_wrong_is_told_once_with_what_there_is()
    {
        ConfigurationOutcome good = Load.Json("""{ "learning": { "objectives": [ { "name": "dino", "knobs": { "prototypes": 512, "centreMomentum": 0.95 } } ] } }""");
        ConfigurationFault unknown = Load.OneFault("""{ "learning": { "objectives": [ { "name": "mae" }, { "name": "byol", "knobs": { "momentun": 0.9 } } ] } }""");
        ConfigurationFault tooMuch = Load.OneFault("""{ "pretraining": { "stages": [ { "objectives": [ { "name": "byol", "knobs": { "momentum": 1 } } ] } ] } }""");
        ConfigurationFault noNumber = Load.OneFault("""{ "consolidation": { "objectives": [ { "name": "byol", "knobs": { "momentum": "slow" } } ] } }""");

        Assert.Empty(good.Faults);
        Assert.Equal([("centreMomentum", 0.95), ("prototypes", 512.0)], good.Settings.Learning.Objectives[0].Knobs.OrderBy(knob => knob.Key).Select(knob => (knob.Key, knob.Value)));
        Assert.Equal(("learning:objectives:1", "objective 'byol' has no knob 'momentun': it has momentum"), (unknown.Path, unknown.Reason));
        Assert.Equal("pretraining:stages:0:objectives:0", tooMuch.Path);
        Assert.Contains("momentum is 1 and must lie between 0 and 0.99999: it is what the slow copy keeps", tooMuch.Reason);
        Assert.Equal("consolidation:objectives:0:knobs:momentum", noNumber.Path);
    }

    [Fact]
    public void A_value_where_a_section_belongs_and_the_reverse_are_refused()
    {
        Assert.Contains("section", Load.OneFault("""{ "learning": 3 }""").Reason);
        Assert.Contains("one value", Load.OneFault("""{ "learning": { "batchSize": { "x": 1 } } }""").Reason);
    }

    [Fact]
    public void A_file_that_is_no_json_is_one_fault_with_its_line()
    {
        ConfigurationFault fault = Load.OneFault("{\n  \"agent\": { \"seed\" 1 }\n}");

        Assert.Contains("line 2", fault.Reason);
    }

    [Fact]
    public void A_key_given_twice_is_refused()
    {
        Assert.Contains("twice", Load.OneFault("""{ "agent": { "seed": 1, "seed": 2 } }""").Reason);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault_and_no_exception()
    {
        ConfigurationOutcome outcome = ConfigurationLoader.Load(new ConfigurationRequest("/no/such/agent.json", ["kafka:topics=a"], new Dictionary<string, string>()));

        Assert.Contains("cannot be read", Assert.Single(outcome.Faults).Reason);
    }

    [Theory]
    [InlineData("batchSise", "batchSize")]
    [InlineData("learningrate", "learningRate")]
    [InlineData("bathcSize", "batchSize")]
    [InlineData("zzz", null)]
    public void The_nearest_key_is_found_within_a_few_slips(string wrong, string? meant)
    {
        Assert.Equal(meant, Keys.Nearest(wrong, ["batchSize", "learningRate", "device"]));
    }

    [Fact]
    public void More_than_ten_sections_in_a_list_keep_their_order()
    {
        string stages = string.Join(", ", Enumerable.Range(1, 12).Select(epochs => $"{{ \"epochs\": {epochs} }}"));
        ConfigurationOutcome outcome = Load.Json($"{{ \"pretraining\": {{ \"stages\": [ {stages} ] }} }}");
        Assert.Empty(outcome.Faults);
        Assert.Equal(Enumerable.Range(1, 12).Select(epochs => (double)epochs), outcome.Settings.Pretraining.Stages.Select(stage => stage.Epochs));
    }

    [Theory]
    [InlineData("kafka:properties:sasl.password", true)]
    [InlineData("kafka:properties:ssl.key.password", true)]
    [InlineData("kafka:properties:sasl.oauthbearer.client.secret", true)]
    [InlineData("kafka:passwordFile", false)]
    [InlineData("kafka:properties:ssl.key.location", false)]
    [InlineData("kafka:properties:sasl.oauthbearer.assertion.jwt.token", true)]
    [InlineData("model:tokenizer", false)]
    [InlineData("kafka:brokers", false)]
    public void Names_tell_what_is_a_secret(string path, bool secret)
    {
        Assert.Equal(secret, Redaction.IsSecret(path));
    }

    [Fact]
    public void What_is_printed_can_be_read_back_and_gives_the_same()
    {
        ConfigurationOutcome first = Load.Json("""{ "agent": { "seed": 9 }, "cycle": { "interval": "90s" }, "learning": { "objectives": [ { "name": "mlm" } ] } }""");

        ConfigurationOutcome second = Load.Json(new SettingsPrinter(first.Values, withOrigins: true).Print(first.Settings));

        Assert.Empty(second.Faults);
        Assert.Equal(first.Settings.Agent, second.Settings.Agent);
        Assert.Equal(first.Settings.Cycle, second.Settings.Cycle);
        Assert.Equal(first.Settings.Learning.Objectives, second.Settings.Learning.Objectives);
    }
}
