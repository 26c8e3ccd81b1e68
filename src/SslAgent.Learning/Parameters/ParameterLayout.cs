using SslAgent.Domain;

namespace SslAgent.Learning.Parameters;

/// <summary>Where one parameter lies in the flat tensors, in elements.</summary>
internal sealed record ParameterSlot(ParameterSpec Spec, long Offset);

/// <summary>One section's range of the flat tensors, in elements: [Offset, Offset + DecayedCount) decays, the rest up to Count does not.</summary>
internal sealed record SectionRange(string Name, long Offset, long DecayedCount, long Count);

/// <summary>
/// Where everything lies: sections one after another, in each the decayed parameters before the undecayed, every parameter on a
/// 64-byte boundary in bf16 as in fp32. Gaps hold zeros for ever. A pure function of the specs.
/// </summary>
internal sealed class ParameterLayout
{
    /// <summary>64 bytes of bf16.</summary>
    private const long Alignment = 32;

    public ParameterLayout(IEnumerable<SectionSpec> sections)
    {
        var slots = new List<ParameterSlot>();
        var ranges = new List<SectionRange>();
        long end = 0;
        foreach (SectionSpec section in sections)
        {
            long start = end;
            end = Place(section.Parameters.Where(parameter => parameter.Decayed), end, slots);
            long decayedEnd = end;
            end = Place(section.Parameters.Where(parameter => !parameter.Decayed), end, slots);
            ranges.Add(new SectionRange(section.Name, start, decayedEnd - start, end - start));
        }

        Slots = slots;
        Sections = ranges;
        Count = end;
        Check.That(slots.Select(slot => slot.Spec.Name).Distinct().Count() == slots.Count, "a parameter has one owner and one name");
        Check.That(ranges.Select(range => range.Name).Distinct().Count() == ranges.Count, "a section is declared once");
    }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    public IReadOnlyList<SectionRange> Sections { get; }

    /// <summary>Elements of a flat tensor, gaps included.</summary>
    public long Count { get; }

    private static long Place(IEnumerable<ParameterSpec> parameters, long end, List<ParameterSlot> slots)
    {
        foreach (ParameterSpec parameter in parameters)
        {
            slots.Add(new ParameterSlot(parameter, end));
            end = (end + parameter.Count + Alignment - 1) / Alignment * Alignment;
        }

        return end;
    }
}
