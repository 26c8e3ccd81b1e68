using SslAgent.Learning.Parameters;

namespace SslAgent.Learning.State;

/// <summary>
/// Where a stored version's sections lie in its flat tensors. Regularisers that are switched on or off add or take sections: those that a version has are taken from it, the
/// others begin anew.
/// </summary>
internal sealed class StoredSections
{
    private readonly Dictionary<string, (long Offset, SectionCounters Counters)> _sections = new(StringComparer.Ordinal);

    public StoredSections(IReadOnlyList<SectionCounters> sections)
    {
        foreach (SectionCounters section in sections)
        {
            _sections.Add(section.Section, (Count, section));
            Count += section.Elements;
        }
    }

    /// <summary>Elements of a stored flat tensor.</summary>
    public long Count { get; }

    public SectionCounters? Find(string section) => _sections.TryGetValue(section, out (long, SectionCounters Counters) found) ? found.Counters : null;

    /// <summary>Whether all that the layout has is in the version.</summary>
    public bool Cover(ParameterLayout layout) => layout.Sections.All(section => _sections.ContainsKey(section.Name));

    /// <summary>Puts the sections that the version has where this layout has them.</summary>
    /// <param name="stored">A flat tensor's bytes, fp32 [Count].</param>
    /// <param name="flat">Bytes, fp32 [layout.Count]; what the version does not have stays as it is.</param>
    public void Overlay(ReadOnlySpan<byte> stored, ParameterLayout layout, Span<byte> flat)
    {
        foreach (SectionRange range in layout.Sections)
        {
            if (!_sections.TryGetValue(range.Name, out (long Offset, SectionCounters Counters) from)) continue;
            if (from.Counters.Elements != range.Count)
                throw new ModelStateException($"section '{range.Name}' has {from.Counters.Elements} numbers in the stored version and {range.Count} in the plan");
            stored.Slice(checked((int)(from.Offset * sizeof(float))), checked((int)(range.Count * sizeof(float)))).CopyTo(flat[checked((int)(range.Offset * sizeof(float)))..]);
        }
    }
}
