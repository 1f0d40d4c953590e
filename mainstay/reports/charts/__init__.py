"""Charts as accessible SVG: one module for each; coloured by the page's style sheet, or standing alone."""

from .bank import bank_chart
from .days import chart_title, days_chart
from .drawing import standalone
from .heat import heat_chart
from .histogram import histogram_chart
from .volumes import volumes_chart

__all__ = ["bank_chart", "chart_title", "days_chart", "heat_chart", "histogram_chart", "standalone", "volumes_chart"]
