"""The sample company: a maker of intercoms with six weeks of tickets."""
