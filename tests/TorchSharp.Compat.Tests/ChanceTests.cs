using TorchSharp.Compat.Tests.Support;
using static TorchSharp.torch;

namespace TorchSharp.Compat.Tests;

/// <summary>Random numbers: the same draws as PyTorch's from the same seed.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ChanceTests
{
    [Fact]
    public void The_default_generator_draws_as_PyTorch_does()
    {
        using var scope = NewDisposeScope();
        manual_seed(1234);
        Near.Same(Fixture.Read("chance/randn"), randn(17));
        Near.Same(Fixture.Read("chance/rand"), rand(5));
        Near.Same(Fixture.Read("chance/randperm"), randperm(11));
        Near.Same(Fixture.Read("chance/randint"), randint(3, 99, new long[] { 7 }));
        Near.Same(Fixture.Read("chance/normal"), empty(16).normal_(2, 3));
        Near.Same(Fixture.Read("chance/uniform"), empty(4).uniform_(-1, 1));
        Near.Same(Fixture.Read("chance/bernoulli"), empty(9).bernoulli_(0.3));
        Near.Same(Fixture.Read("chance/multinomial"), multinomial(tensor([0.1f, 0.2f, 0.3f, 0.4f]), 3));
        Near.Same(Fixture.Read("chance/bf16"), randn(4, ScalarType.BFloat16));
        Near.Same(Fixture.Read("chance/state"), get_rng_state());
        Near.Same(Fixture.Read("chance/after"), rand(3));
    }

    [Fact]
    public void A_generator_of_its_own_draws_as_PyTorchs()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(99);
        Near.Same(Fixture.Read("generator/randn"), randn(new long[] { 6 }, generator: generator));
        Near.Same(Fixture.Read("generator/randperm"), randperm(9, generator: generator));
    }

    [Fact]
    public void A_state_set_back_draws_the_same_again()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        randn(new long[] { 5 }, generator: generator);
        var state = generator.get_state();
        var first = rand(new long[] { 5 }, generator: generator);
        generator.set_state(state);
        Near.Same(first, rand(new long[] { 5 }, generator: generator));
    }
}

/// <summary>Tests that use what a process has only one of: the default generator, the count of live tensors.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
